// Package line is the LINE network: an official account over the Messaging API, one-to-one chats only.
//
// It reads the calls of the account's webhook ([Network].Receive), answers with a reply token while one is fresh and
// pushes otherwise, fetches the files that came in, and registers the webhook. Groups and rooms are ignored: a contact is
// a person, known by a user id that is this account's provider's own. An event tells no name.
//
// # Reply or push
//
// A reply is free and a push is counted, but only a push has a retry key. How a message goes is settled before its first
// try and kept: what went out once as a push is never tried as a reply, whatever token comes meanwhile. See [sender.deliver].
//
//   - A reply whose answer was lost is tried again with its token, which serves one message: taken means that it had not
//     arrived, refused means that it had, as long as the token cannot have run out by itself.
//     Nobody else may use the account's tokens: theirs would be taken for ours.
//   - After that time nobody can say any more whether it had arrived. It is pushed then: rather twice than never. A token is
//     only used while time is left to settle a lost answer, so this takes an outage between the two tries.
//   - A push whose answer was lost is pushed again with the same retry key, and LINE answers that it has it.
//
// # What LINE does not do
//
// It tells nothing about what became of a message, and answers a message to somebody who blocked the account with
// success. It takes no documents: they go as a link, as does what is not in a format that its apps play.
//
//	runtime.Main(line.Network)
package line
