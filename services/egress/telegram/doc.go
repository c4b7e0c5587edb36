// Package telegram is the Telegram network: bots of the Bot API over HTTPS, private chats only.
//
// It reads the calls of a bot's webhook ([Network].Receive), sends messages with the Bot API's methods, fetches the
// files that came in, and registers the webhook. Groups and channels are ignored: a contact is a person.
//
// It is not its job to poll for updates.
//
//	provider.Main(telegram.Network)
package telegram
