// SPDX-License-Identifier: MIT
// A phone that is SIP.js, as pages have it, but for the media: a browser's RTCPeerConnection is not there, so that a description
// is any text. It registers as bob whenever it has a connection, which it makes again when it is lost, and answers whoever calls.
// Each line of its input is something to do: call URI, hang-up, leave. What becomes of it are the lines of its output:
// registered, called established, calling terminated ...
//
//     node phone.mjs MODULES SERVER       the directory with sip.js and ws in it; ws://ADDRESS:PORT or wss://...
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [modules, server] = process.argv.slice(2);
const require = createRequire(pathToFileURL(modules + "/"));
globalThis.WebSocket = require("ws");
const { Inviter, Registerer, SessionState, UserAgent } = await import(pathToFileURL(require.resolve("sip.js")));

const RETRY = 100; // ms

const description = { body: "v=0\r\n", contentType: "application/sdp" };
const media = () => ({
    getDescription: () => Promise.resolve(description),
    setDescription: () => Promise.resolve(),
    hasDescription: (type) => type === description.contentType,
    sendDtmf: () => false,
    close() {},
});

let current;
function follow(name, session) {
    current = session;
    session.stateChange.addListener((state) => {
        if (state === SessionState.Established || state === SessionState.Terminated) console.log(name, state.toLowerCase());
    });
}

function connectAgain() {
    agent.reconnect().catch(() => setTimeout(connectAgain, RETRY));
}

const agent = new UserAgent({
    uri: UserAgent.makeURI("sip:bob@fov.example"),
    transportOptions: { server },
    sessionDescriptionHandlerFactory: media,
    logBuiltinEnabled: false,
    delegate: {
        onConnect: () => registerer.register({ requestDelegate: { onAccept: () => console.log("registered") } }),
        onDisconnect: (error) => error && connectAgain(),
        onInvite(invitation) {
            follow("called", invitation);
            invitation.accept();
        },
    },
});
const registerer = new Registerer(agent);
await agent.start();

for await (const line of createInterface({ input: process.stdin })) {
    const [what, uri] = line.split(" ");
    if (what === "call") {
        const inviter = new Inviter(agent, UserAgent.makeURI(uri));
        follow("calling", inviter);
        inviter.invite();
    } else if (what === "hang-up") {
        current.bye();
    } else {
        break;
    }
}
await agent.stop();
process.exit();
