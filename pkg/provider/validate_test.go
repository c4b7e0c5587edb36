package provider_test

import (
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

func TestWhatANetworkDeclaresIsChecked(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		d    provider.Description
		want string
	}{
		{"all is well", provider.Description{Name: "toy", Links: map[string]string{"text": "https://e.com/text", "account_rate": "https://e.com"}}, ""},
		{"its name", provider.Description{Name: "Toy"}, `network name "Toy"`},
		{"its policy", provider.Description{Name: "toy", Webhook: &webhook.Policy{}}, "verify is required"},
		{"a link about nothing", provider.Description{Name: "toy", Links: map[string]string{"txt": "https://e.com"}}, `link "txt": known are text, unit,`},
		{"a link to nowhere", provider.Description{Name: "toy", Links: map[string]string{"text": "e.com"}}, `link "text": must be an https URL`},
	} {
		if err := test.d.Validate(); (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}
