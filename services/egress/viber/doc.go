// Package viber is the Viber network: bots of the REST Bot API, one to one.
//
// It reads the callbacks of a bot ([Network].Receive), sends messages, fetches what came in before its address expires,
// and registers the webhook. A contact is a user of Viber as one bot knows them: their id is another for every bot.
//
// It is not its job to answer a conversation_started with a welcome: nobody has written yet.
//
//	runtime.Main(viber.Network)
package viber
