// Package telegram is the Telegram network: bots of the Bot API over HTTPS, private chats only.
//
// It reads the calls of a bot's webhook, or asks for updates (mode poll), sends messages with the Bot API's methods, fetches the
// files that came in, and registers the webhook. Groups and channels are ignored: a contact is a person.
//
// Where a bot has topics in its private chats, an answer goes to the topic that the contact wrote in last, for 24 hours
// after it: https://core.telegram.org/bots/api#message
//
//	runtime.Main(telegram.Network)
package telegram
