// Package teams is the Microsoft Teams network: conversations between people and a bot, one to one, by the wire protocol of the Bot
// Framework. A channel is one bot, registered in Azure for a single tenant.
//
// Teams calls with activities. Each call has a token that is signed by keys which Microsoft publishes; the network's service fetches them,
// and the door judges by them. An answer goes to where the last call of the person said that it goes: the address of the service and the
// id of the conversation are kept for good. Where they are lost, the conversation is asked for anew.
//
// A contact is the id that Teams gives a person towards this bot ("29:…"). Teams and group chats are left alone.
//
//	runtime.Main(teams.Network)
package teams
