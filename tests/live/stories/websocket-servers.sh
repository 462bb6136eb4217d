# SPDX-License-Identifier: MIT
# Published example 2 over WebSockets: the first target takes no handshake and hangs up, the second is not there, the
# third is another fovrun.
. tests/live/lib.sh
. tests/live/far.sh
far -l "udp:$net.102:0" -l "tcp:$net.100:$port" -l "ws:$net.102:$port"
plan plans/failover-2.txt 's|TCP|WS|g'
server -l "udp:$net.1:0" -l "ws:$net.1:0"
far_calls 20 # those of the first target
equal "causes of the attempts" "20 reset refused response" "$(causes)"
report
