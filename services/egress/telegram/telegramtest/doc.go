// Package telegramtest is a stand-in for the Bot API on a loopback port, for tests: of this network, and of whole
// bridges in other processes, which reach it by an account's api setting.
//
// It judges every call by the vendor's description, refuses what Telegram refuses in Telegram's words, keeps what was
// sent per chat and in order, hands out files, remembers the webhook and calls it, lets itself be polled instead, and
// fails as a test tells it to. It knows private chats only, and every positive chat id is a contact that has started the
// bot.
//
//	api := telegramtest.NewServer("123456:test")
//	defer api.Close()
//	account := fmt.Sprintf(`{"token": "123456:test", "secret_token": "s3cret", "api": %q}`, api.URL)
//	…
//	sent, err := api.Wait(ctx, 1111111, 1)
package telegramtest
