// Package twiliotest is a stand-in for Twilio's REST API on a loopback port, for tests: of this network, and of whole
// bridges in other processes, which reach it by an account's api setting.
//
// It asks for the account's credentials, judges every call by the vendor's description, refuses what Twilio refuses with
// Twilio's codes, keeps what was sent per contact and in order, hands out media, keeps the webhook of each number, makes
// signed calls for messages and statuses, and fails as a test tells it to. Every E.164 number is a contact.
//
//	api := twiliotest.NewServer("AC0123456789abcdef0123456789abcdef", "token", "+34911000111")
//	defer api.Close()
//	account := fmt.Sprintf(`{"account_sid": "AC0123…", "auth_token": "token", "from": "+34911000111", "api": %q}`, api.URL)
//	…
//	sent, err := api.Wait(ctx, "+34600111222", 1)
//	status, err := api.Status(ctx, sent[0].Sid, "delivered", 0)
package twiliotest
