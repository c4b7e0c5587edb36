// Package whatsapptest is a stand-in for the Cloud API on a loopback port, for tests: of this network, and of whole
// bridges in other processes, which reach it by an account's api setting.
//
// It is one business phone number. It asks for the token, judges every call by Meta's description, keeps what was sent
// per contact and in order, tells receipts the way a test wants them (early, late, again, out of order), hands out
// files, registers the webhook after asking for its challenge, signs its calls, and fails as a test tells it to.
//
//	api := whatsapptest.NewServer()
//	defer api.Close()
//	account := api.Account()
//	api.Register("http://127.0.0.1:8080/webhooks/whatsapp/k7m2q9x4t8w1zb")
//	api.Receipts(whatsapptest.Receipts{Statuses: []string{"sent", "delivered", "read"}})
//	…
//	sent, err := api.Wait(ctx, "+34600111222", 1)
package whatsapptest
