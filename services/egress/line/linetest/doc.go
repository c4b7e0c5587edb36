// Package linetest is a stand-in for LINE's API on a loopback port, for tests: of this network, and of whole bridges in
// other processes, which reach it by an account's api and api_data settings.
//
// It judges every call by LINE's own description, keeps what was sent per user and in order, and behaves as LINE does
// where that matters: a reply token serves once and for a minute, a push with a retry key that it knows is answered 409, a
// message to somebody who blocked the account is taken and lost. It signs its webhook calls, repeats them, and fails as a
// test tells it to.
//
//	api := linetest.NewServer("token", "secret")
//	defer api.Close()
//	account := fmt.Sprintf(`{"channel_access_token":"token","channel_secret":"secret","api":%q,"api_data":%[1]q}`, api.URL)
//	…
//	api.Register(webhookURL)
//	status, err := api.Deliver(ctx, api.Text(linetest.User(1), "hola"))
//	…
//	sent, err := api.Wait(ctx, linetest.User(1), 1)
package linetest
