package slack

import "fmt"

// Instructions implements [provider.Instructor]: an app's manifest, which sets all of it.
// https://docs.slack.dev/reference/app-manifest
func (s *sender) Instructions(webhookURL string) string {
	if s.account.listens() {
		return "Nothing has to be registered: with app_token Puente connects to Slack. In the app's settings Socket Mode has to be switched on."
	}
	return fmt.Sprintf(`In the app's settings at https://api.slack.com/apps, under App Manifest, the settings have to hold this:

settings:
  event_subscriptions:
    request_url: %[1]s
    bot_events: [message.im]
  interactivity:
    is_enabled: true
    request_url: %[1]s
  socket_mode_enabled: false

Slack then calls the address, and says whether it answers.`, webhookURL)
}
