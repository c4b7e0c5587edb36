// Package clicksendtest is a stand-in for ClickSend's API on a loopback port, for tests: of this network, and of whole
// bridges in other processes, which reach it by an account's api setting.
//
// It judges every call by the vendor's description and its credentials, keeps what was sent per number and in order,
// refuses what ClickSend refuses in ClickSend's words, keeps rules, pushes messages and receipts by them in all three
// forms or keeps them in lists to be polled and marked, and fails as a test tells it to.
//
//	api := clicksendtest.NewServer("acme", "key")
//	defer api.Close()
//	account := fmt.Sprintf(`{"username": "acme", "api_key": "key", "webhook_token": "t0ken", "api": %q}`, api.URL)
//	…
//	sent, err := api.Wait(ctx, "+447777777777", 1)
//	_, err = api.Deliver(ctx, api.Report(sent[0], 201))
//	_, err = api.Deliver(ctx, api.Write("+447777777777", "hola"))
package clicksendtest
