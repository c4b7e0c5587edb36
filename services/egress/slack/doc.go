// Package slack is the Slack network: direct messages between the people of a workspace and an app. A channel is one app in one
// workspace.
//
// Messages come in by the Events API, as signed calls, or over Socket Mode, a websocket that one process at a time holds, where the
// account has an app-level token. Either way the same JSON is stored and read, and an event that comes both ways is one, by its id.
// Messages go out by the Web API.
//
// A contact is a user's id, and not the direct message channel's: it is what agents can look up in the workspace, and it stays the
// same when the app is replaced by another, which has a channel of its own with each user.
//
//	runtime.Main(slack.Network)
package slack
