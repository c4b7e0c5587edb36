// Package discord is the Discord network: direct messages between people and a bot.
//
// Messages come in over the gateway, a websocket that one process at a time holds. Its session outlives the connection: where
// the cursor has a session, the next connection resumes it and is told what was missed. Only where it is lost a new one begins, which
// Discord counts. Messages go out by the REST API.
//
// A contact is a user's id. The channel of their direct messages has an id of its own, which is learnt from a message or asked for.
//
//	runtime.Main(discord.Network)
package discord
