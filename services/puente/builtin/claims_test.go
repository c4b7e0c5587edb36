package builtin_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/networks"
	"github.com/bonychat/puente/services/puente/builtin"
)

// Of two channels that would hear the same the second is refused, and the setting is named that they have in common.
func TestNoTwoChannelsHearTheSame(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ network, field, first, same, other string }{
		{
			"smpp", "source", `{url: "smpp://smsc.example.com:2775", system_id: acme, password: p, source: "62626"}`,
			`{url: "smpp://smsc.example.com:2775", system_id: acme, password: p, source: "62626", window: 5}`,
			`{url: "smpp://smsc.example.com:2775", system_id: acme, password: p, source: "62627"}`,
		}, {
			"email", "address", `{address: a@example.com, imap: "imaps://imap.example.com:993", smtp: "smtps://smtp.example.com:465", password: p}`,
			`{address: b@example.com, user: a@example.com, imap: "imaps://IMAP.example.com:993", smtp: "smtps://smtp.example.com:465", password: p}`,
			`{address: a@example.com, imap: "imaps://imap.example.com:993", smtp: "smtps://smtp.example.com:465", password: p, mailbox: Ventas}`,
		}, {
			"email", "mailbox", `{address: a@example.com, imap: "imaps://imap.example.com:993", smtp: "smtps://smtp.example.com:465", password: p}`,
			`{address: a@example.com, imap: "imaps://imap.example.com:993", smtp: "smtps://smtp.example.com:465", password: p, mailbox: inbox}`,
			`{address: a@example.com, imap: "imaps://imap.example.org:993", smtp: "smtps://smtp.example.com:465", password: p}`,
		}, {
			"xmpp", "address", `{url: "xmpp://xmpp.example.com:5347", address: support@bridge.example.com, secret: s}`,
			`{url: "xmpp://xmpp.example.com:5347", address: sales@bridge.example.com, secret: s}`,
			`{url: "xmpp://xmpp.example.com:5347", address: support@sales.example.com, secret: s}`,
		}, {
			"discord", "token", `{token: MTAwMDAwMDAwMDAwMDAwMDAx.abcdef.one}`, `{token: MTAwMDAwMDAwMDAwMDAwMDAx.ghijkl.two}`, `{token: MTAwMDAwMDAwMDAwMDAwMDAy.abcdef.one}`,
		}, {
			"slack", "token", `{token: xoxb-1, app_token: xapp-1}`, `{token: xoxb-1, signing_secret: s}`, `{token: xoxb-2, app_token: xapp-2}`,
		},
	} {
		check := func(second string) error {
			text := "channels:\n"
			for i, account := range []string{test.first, second} {
				id := map[bool]string{true: "phone", false: "custom"}[test.network == "smpp"]
				text += fmt.Sprintf("- {id: c%d, network: %s, contact_id: %s, platform: {webhook_url: 'https://okeybot.com', api_token: token-of-%d-0123}, account: %s}\n", i, test.network, id, i, account)
			}
			_, err := config.Parse("puente.yaml", []byte(text), func(string) (string, bool) { return "", false }, networks.Of(builtin.Networks()...)...)
			return err
		}
		want := fmt.Sprintf("puente.yaml:3: channels[1].account.%s: is that of channels[0] (line 2) too: ", test.field)
		if err := check(test.same); err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %s", test.network, err, want)
		}
		if err := check(test.other); err != nil {
			t.Errorf("%s: %v", test.network, err)
		}
	}
}
