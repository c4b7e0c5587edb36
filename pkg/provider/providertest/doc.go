// Package providertest is the kit that every network has to pass: golden conversations, and rules that hold for all networks. The whole
// test of a network is
//
//	func TestConversations(t *testing.T) { providertest.Run(t, Network, "testdata") }
//	func FuzzReceive(f *testing.F)       { providertest.Fuzz(f, Network, "testdata") }
//
// Use a [Kit] if the network needs more: a judge of its requests, a signature, answers of its own.
//
// # Conversations
//
// A conversation is a txtar file. It begins with a comment for people. Its files are then played in their order against one sender,
// whose network is a stand-in server in memory. It is always 2 January 2026, 03:04:05 UTC (conversation.Now), and no time passes unless
// the network's code waits.
//
// You write the inputs and the network's answers:
//
//	call.json, call.http   a webhook call: a JSON body, or a whole request with its headers
//	message.json           a canonical message to send
//	fetch.json             an attachment to fetch
//	setup.json             a webhook URL to register
//	check.json             (empty) asks whether the credentials are good
//	listen.json            a cursor to listen from
//	answer                 the stand-in's answer: status, headers, body. Or "drop" closes the connection instead, "cut" breaks off in the
//	                       middle, and "hold" never answers, so that the context ends
//
// "go test -update" writes what follows from them. Read it:
//
//	events.json            the events that Receive makes of the call
//	request                a request that the network's code made; a file for each
//	outcome.json           what became of the message, the fetch and so on
//
// account.json, in the conversation or in the directory, is the account. One that stands behind an input is the account for the inputs
// after it, as if an operator had changed it. "<server>" stands for the stand-in's address, "<token>" for the value of the
// account's secret token, and so on for every secret.
//
// If a network has a protocol of its own, [Kit.Peer] is a codec for it: it turns bytes that are sent to "<peer>" into a request's text, and
// an answer's text into bytes. One answer may hold several messages, or none; "drop", "cut" and "hold" mean the same as over HTTP. A
// websocket needs no codec: its handshake is a request that is answered 101. Messages below the 101 are sent first. Then each message of
// the network's code is a request ("frame"); its answer is JSON values, each sent as one message, or "close 4004".
//
// # Rules
//
// Nobody has to write a test for these: the kit makes its cases from the conversations.
//
// What is read:
//
//   - Receive is pure: it reads no clock, remembers nothing, and leaves the call unchanged;
//   - every event has a key, is of exactly one kind, has what that kind needs, and can be stored; no two events of a call have one key,
//     and one key always stands for the same event, also when the account is replaced;
//   - an element of a batch means the same whatever else is in the batch, and in whatever order; an element that cannot be read says so,
//     with a reason, and does not change the other events or their order;
//   - nothing panics on a call that is cut, flipped or twisted, and no error quotes it;
//   - a stored call reads the same as before its credential was taken out;
//   - receipts, failures, our own ids, watermarks and aliases come only if Confirms says so, and each that Confirms names is shown by a
//     conversation.
//
// What is sent:
//
//   - a text, caption, title, address and buttons of exactly their limits are taken, and every word of them reaches the network; every kind
//     that Carries names can be sent;
//   - an empty message is refused for good, and a message of an unknown kind is never lost in silence;
//   - if Confirms has IdempotencyKey or OwnID, every try of a message makes the same requests; another message, another part, and a message
//     that is sent again after it had failed make different ones;
//   - the vendor's description allows every request, and each of its operations is called by some conversation.
//
// What becomes of it, in the network's own words if [Answers] has them:
//
//   - an answer that is lost, breaks off, or does not come until the context ends is uncertain, and Send ends with its context;
//   - an answer that cannot be read is no success;
//   - a server error is tried again, and so is the 404 of a proxy's page, which says nothing about the account; 429 waits as told, and
//     without a time waits or is tried again; 401 suspends;
//   - if messages go over the connection that Listen holds ([Kit.Duplex]), a lost connection is noticed at once;
//   - the same holds for Fetch, Setup and Check, as far as it makes sense;
//   - none of them waits by itself, since the SDK waits as the error tells it; none leaves a goroutine behind for ever;
//   - an access token is not used before the refresh token that came with it (RFC 6749) is stored; if stored values are lost, a message is
//     tried as with a new channel; nothing is stored beyond the bounds of [provider.State];
//   - every failure is classified and has a reason; no error of Send, Fetch, Setup, Check, Listen, Receive, Open or CheckAccount holds a
//     secret, an address, a name or a text, even if the network's answer quotes it, nor any other words of an answer or a call: words of an
//     answer go through outcome.Quoting;
//   - nothing panics on a mangled answer.
//
// A listener ends with its context. It moves no cursor before everything that the cursor covers is stored, and asks the network nothing
// more once something could not be stored. It gives a call the key that the webhook's policy finds in it. Over a connection it may tell the
// network that something was not stored, and must not claim that it was.
//
// What is declared is the same after it was written to JSON and read again, and contradicts itself nowhere. Every setting has a doc, every
// credential is a secret. Missing settings of an account are named, nothing of it is quoted, and nothing panics on any value. The
// policy admits the network's own call, or the kit says why it does not. It admits no call that lacks its credential, was changed, or is
// meant for another account or for one without secrets. What is stored holds no secret. Every ability has a conversation. The README.md
// beside the conversations' folder, if there is one, names every setting, every limit and every page: see [Readme].
package providertest
