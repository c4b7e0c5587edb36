// Package providertest is the kit that every network must pass: golden conversations, and the rules that hold for all.
//
// A conversation is a txtar file. It begins with a comment for people, then its files are played in order against one
// sender, whose network is a stand-in server on loopback:
//
//	call.json, call.http   a webhook call: a JSON body, or a whole request with its head
//	events.json            what Receive makes of it
//
//	message.json           a canonical message to send; fetch.json an attachment to fetch, setup.json a webhook URL to
//	                       register, check.json (empty) to ask whether the credentials are good, listen.json a cursor to
//	                       listen from
//	request                what the network's API is then called with; a file for each request
//	answer                 what the stand-in answers: status, headers, body; or "drop" to close the connection instead, or
//	                       "hold" to leave the request unanswered: that ends the listening
//	outcome.json           what became of it
//
// account.json, in the conversation or in the directory, is the account. "<server>" stands for the stand-in's address,
// "<token>" for the value of the account's secret token, and so on for every secret.
//
// Write the inputs and the answers, run the test with -update, and read what it wrote: events, requests, outcomes.
//
// Beside the conversations themselves [Run] holds every network to these rules:
//
//   - what it declares is valid and survives the way through JSON;
//   - Receive is pure, gives every event a key and exactly one meaning, and panics on nothing;
//   - every failure is classified and has a reason;
//   - no error holds a secret, an address, a name or a text;
//   - a lost answer is uncertain, a server error is tried again, and an answer that cannot be read is no success;
//   - who listens ends with its context, moves no cursor before what it covers is stored, and asks the network nothing
//     more once something could not be stored.
//
// The whole test of a network is:
//
//	func TestConversations(t *testing.T) { providertest.Run(t, Network, "testdata") }
package providertest
