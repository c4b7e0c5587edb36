package setup

import (
	"testing"

	"github.com/bonychat/puente/pkg/provider/runtime"
	"github.com/bonychat/puente/services/egress/telegram"
)

// Whatever the code of a network says, its credentials are taken out.
func TestCredentialsAreConcealed(t *testing.T) {
	t.Parallel()
	const token, secret = "123456:AAE-test/token", "s3cret-Token_1"
	account := []byte(`{"token":"` + token + `","secret_token":"` + secret + `","api":"http://127.0.0.1:1"}`)
	got := runtime.Conceal("call http://127.0.0.1:1/bot123456:AAE-test%2Ftoken/x or 123456%3AAAE-test%2Ftoken with "+secret+" and "+token, telegram.Network, account)
	if want := "call http://127.0.0.1:1/bot[secret]/x or [secret] with [secret] and [secret]"; got != want {
		t.Errorf("got %s", got)
	}
}
