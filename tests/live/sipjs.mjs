// SPDX-License-Identifier: MIT
// A phone that is SIP.js, as pages have it, but for the media: a browser's RTCPeerConnection is not there, so that a description
// is any text. It registers as bob, is called by whoever does, hangs up after a while, then calls sip:100@fov.example, hangs up,
// and goes. Each step is a line of its output.
//
//     node sipjs.mjs MODULES SERVER       the directory with sip.js and ws in it; ws://ADDRESS:PORT
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, server] = process.argv.slice(2);
const require = createRequire(pathToFileURL(modules + "/"));
globalThis.WebSocket = require("ws");
const { Inviter, Registerer, SessionState, UserAgent } = await import(pathToFileURL(require.resolve("sip.js")));

const description = { body: "v=0\r\n", contentType: "application/sdp" };
const media = () => ({
    getDescription: () => Promise.resolve(description),
    setDescription: () => Promise.resolve(),
    hasDescription: (type) => type === description.contentType,
    sendDtmf: () => false,
    close() {},
});

// Says what becomes of a session, and hangs up when it stands; resolves when it is over.
function follow(name, session) {
    return new Promise((resolve) => {
        session.stateChange.addListener((state) => {
            console.log(`${name} ${state.toLowerCase()}`);
            if (state === SessionState.Established) setTimeout(() => session.bye(), 500);
            if (state === SessionState.Terminated) resolve();
        });
    });
}

let called;
const wasCalled = new Promise((resolve) => { called = resolve; });
const agent = new UserAgent({
    uri: UserAgent.makeURI("sip:bob@fov.example"),
    transportOptions: { server },
    sessionDescriptionHandlerFactory: media,
    logBuiltinEnabled: false,
    delegate: {
        onInvite(invitation) {
            follow("called", invitation).then(called);
            invitation.accept();
        },
    },
});
await agent.start();
const registerer = new Registerer(agent);
const registered = new Promise((resolve) => registerer.stateChange.addListener(resolve));
await registerer.register();
console.log((await registered).toLowerCase());
await wasCalled;
const inviter = new Inviter(agent, UserAgent.makeURI("sip:100@fov.example"));
const over = follow("calling", inviter);
await inviter.invite();
await over;
await agent.stop();
