package email_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/bonychat/puente/services/egress/email"
)

func TestWhatIsWrongWithAnAccountIsNamed(t *testing.T) {
	const good = `"address": "a@example.com", "imap": "imaps://imap.example.com:993", "smtp": "smtp://smtp.example.com:587"`
	for account, want := range map[string]string{
		good + `, "password": "p"`: "",
		good + `, "token_url": "https://login.example.com/token", "client_id": "c", "refresh_token": "r"`: "",
		good + `, "token_url": "https://login.example.com/token", "client_id": "c", "client_secret": "s"`: "",
		good: "password: is required",
		good + `, "password": "p", "token_url": "https://login.example.com/token"`: "token_url: stands in place",
		good + `, "token_url": "ftp://x", "client_id": "c", "client_secret": "s"`:  "token_url: must be",
		good + `, "token_url": "https://login.example.com/token"`:                  "client_id: is required",
		good + `, "token_url": "https://x.y/t", "client_id": "c"`:                  "refresh_token: is required",
		good + `, "password": "p", "from": "then"`:                                 "from: must be",
		good + `, "password": "p", "receipts": "some"`:                             "receipts: must be",
		good + `, "password": "p", "encryption": "off"`:                            "encryption: must be",
		good + `, "password": "p", "rate": -1`:                                     "rate: must be",
		good + `, "password": "p", "name": "a\r\nBcc: x@y.z"`:                      "name: has up to",
		good + `, "password": "p", "mailbox": "a\nb"`:                              "mailbox: has up to",
		strings.Replace(good, "a@example.com", "a@b>c", 1) + `, "password": "p"`:   "address: must be",
		strings.Replace(good, "imaps:", "https:", 1) + `, "password": "p"`:         "imap: must be",
		strings.Replace(good, ":587", "", 1) + `, "password": "p"`:                 "smtp: must be",
	} {
		errs := email.Network.CheckAccount(json.RawMessage("{" + account + "}"))
		if got := fmt.Sprint(errs); (want == "") != (len(errs) == 0) || !strings.Contains(got, want) {
			t.Errorf("%s\nis %s, want %s", account, got, want)
		}
	}
}
