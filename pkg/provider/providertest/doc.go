// Package providertest is the kit that every network must pass: golden conversations, and the rules that hold for all.
// The whole test of a network is
//
//	func TestConversations(t *testing.T) { providertest.Run(t, Network, "testdata") }
//	func FuzzReceive(f *testing.F)       { providertest.Fuzz(f, Network, "testdata") }
//
// and [Kit] has what some networks have to say besides: a judge of their requests, a signature, answers of their own.
//
// # Conversations
//
// A conversation is a txtar file. It begins with a comment for people, then its files are played in order against one
// sender, whose network is a stand-in server in memory. It is always 2 January 2026, 03:04:05 UTC (conversation.Now), and no
// time passes unless the network's code waits:
//
//	call.json, call.http   a webhook call: a JSON body, or a whole request with its head
//	events.json            what Receive makes of it
//
//	message.json           a canonical message to send; fetch.json an attachment to fetch, setup.json a webhook URL to
//	                       register, check.json (empty) to ask whether the credentials are good, listen.json a cursor to
//	                       listen from
//	request                what the network's API is then called with; a file for each request
//	answer                 what the stand-in answers: status, headers, body; or "drop" to close the connection instead,
//	                       "cut" to break off in the middle, "hold" to leave the request unanswered: that ends the context
//	outcome.json           what became of it
//
// A network that has a protocol of its own gives the kit a codec for it: [Kit.Peer] turns what is said to "<peer>" into a request's
// text, and an answer's text into what is said. One answer may say several things, or nothing; "drop", "cut" and "hold" are
// what they are over HTTP. A websocket needs no codec: its handshake is a request that is answered 101, what stands below it is
// said first, and then each message of the network's code is a request ("frame"), which JSON values answer, one
// message each, or "close 4004".
//
// account.json, in the conversation or in the directory, is the account; one that follows an input is that of the calls
// after it: an operator has replaced the account. "<server>" stands for the stand-in's address,
// "<token>" for the value of the account's secret token, and so on for every secret.
//
// Write the inputs and the answers, run the test with -update, and read what it wrote: events, requests, outcomes.
//
// # Rules
//
// Nobody has to write a test for these; the kit makes what it needs of the conversations.
//
// What is read:
//
//   - Receive is pure: no clock, no memory, the call unchanged;
//   - every event has a key, exactly one meaning, what belongs to that, and can be stored; no two of a call have one key,
//     and one key stands for one thing, also when the account is replaced;
//   - what an element of a batch says does not depend on what it comes with, nor on the order; one that cannot be read
//     says so, with a reason, and takes no other with it, nor its place;
//   - nothing panics on a call that is cut, flipped or twisted, and no error quotes it;
//   - a call that was stored reads as it did before its credential was taken out;
//   - receipts, failures and our own ids in them, watermarks and aliases come only where Confirms says so, and some conversation shows
//     those that it tells of.
//
// What is sent:
//
//   - a text, caption, title, address and buttons of exactly their limits are taken, and every word of them reaches the
//     network; each kind that Carries names is known;
//   - what is no message is refused for good, and what is of a kind that nobody knows is never lost in silence;
//   - where Confirms has IdempotencyKey or OwnID, every try of a message makes the same requests, and another message or
//     part makes others, as does a message that is sent again after it had failed;
//   - every request is one that the vendor's description allows, and every operation of it is called.
//
// What becomes of it, in the network's own words where [Answers] has them:
//
//   - where messages go over the connection that is listened to ([Kit.Duplex]), a connection that is lost is known at once;
//   - an answer that is lost, breaks off or is waited for until the context ends is uncertain, and Send ends with its
//     context; one that cannot be read is no success; a server error is tried again, and so is the 404 of a proxy's
//     page, which says nothing of the account; 429 waits as told, and without a time waits or is tried again; 401 suspends;
//   - the same, as far as it makes sense, for Fetch, Setup and Check;
//   - none of them waits by itself: the SDK waits, as the error tells it; and none leaves a goroutine behind for ever;
//   - an access token is not used before the refresh token that came with it (as RFC 6749 has them) is kept; where what was kept is
//     lost, a message is tried as with a new channel; nobody keeps more than may be kept ([provider.State]);
//   - every failure is classified and has a reason; no error of Send, Fetch, Setup, Check, Listen, Receive, Open or
//     CheckAccount holds a secret, an address, a name or a text, even where the network's answer quotes it, nor any other
//     words of an answer or a call: those of an answer go through outcome.Quoting;
//   - nothing panics on an answer that is mangled.
//
// Who listens ends with its context, moves no cursor before what it covers is stored, asks the network nothing more once
// something could not be stored, and knows a call by the key that the webhook has for it. Over a socket it may say that something
// was not stored, and not what it says of what is.
//
// What is declared survives the way through JSON and contradicts itself nowhere; every setting has a doc, every
// credential is a secret; what is missing of an account is named, nothing is quoted, and nothing panics on any value. The
// policy admits the network's own call, or the kit says why it does not, and none that lacks its credential, was changed, or is meant for another account
// or for one without secrets; what is stored holds no secret. Every ability has a conversation. The README.md beside the
// conversations, where there is one, names every setting, every limit and every page: [Readme].
package providertest
