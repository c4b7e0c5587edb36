package teams

import (
	"strings"
	"testing"
)

// The bot's token goes to Microsoft, over TLS, or where the account says.
func TestWhereTheTokenMayGo(t *testing.T) {
	t.Parallel()
	own := Account{ServiceURL: "http://127.0.0.1:4080/teams"}
	for address, want := range map[string]bool{
		"https://smba.trafficmanager.net/emea/":              true,
		"https://SMBA.trafficmanager.net:443/amer":           true,
		"https://smba.infra.gcc.teams.microsoft.com/gcc":     true,
		"https://smba.infra.gov.teams.microsoft.us/gcch":     true,
		"https://webchat.botframework.com/":                  true,
		"http://smba.trafficmanager.net/emea/":               false,
		"https://smba.trafficmanager.net:8443/emea/":         false,
		"https://evil.trafficmanager.net/emea/":              false,
		"https://smba.trafficmanager.net.example.com/":       false,
		"https://evilbotframework.com/":                      false,
		"https://user@smba.trafficmanager.net/emea/":         false,
		"https://smba.trafficmanager.net@evil.example.com/x": false,
		"https://teams.microsoft.com/":                       false,
		"http://127.0.0.1:4080/":                             false,
		"":                                                   false,
		"//smba.trafficmanager.net/":                         false,
		"https://":                                           false,
	} {
		if got := (Account{}).trusted(address); got != want {
			t.Errorf("%s: %t", address, got)
		}
	}
	for address, want := range map[string]bool{
		"http://127.0.0.1:4080/emea/": true, "https://127.0.0.1:4080/emea/": false, "http://127.0.0.1:4081/": false, "https://smba.trafficmanager.net/emea/": true,
	} {
		if got := own.trusted(address); got != want {
			t.Errorf("%s, of an account with an address of its own: %t", address, got)
		}
	}
}

func TestWhatIsWrongWithAnAccount(t *testing.T) {
	t.Parallel()
	const id = "c9e8c047-2a74-40a2-b28a-b162d5f5327c"
	for name, test := range map[string]struct {
		account Account
		want    string
	}{
		"nothing":                          {Account{AppID: id, TenantID: id}, ""},
		"an address of its own":            {Account{AppID: id, TenantID: id, ServiceURL: "https://smba.infra.gcc.teams.microsoft.com/gcc"}, ""},
		"a name in place of the app's id":  {Account{AppID: "shop", TenantID: id}, "app_id: "},
		"a domain in place of the tenant":  {Account{AppID: id, TenantID: "contoso.com"}, "tenant_id: "},
		"an address with a query":          {Account{AppID: id, TenantID: id, ServiceURL: "https://a.example.com/?b"}, "service_url: "},
		"an address with a user":           {Account{AppID: id, TenantID: id, ServiceURL: "https://u:p@a.example.com/"}, "service_url: "},
		"a login with a path":              {Account{AppID: id, TenantID: id, Login: "https://login.microsoftonline.com/x"}, "login: "},
		"an address of something that has": {Account{AppID: id, TenantID: id, ServiceURL: "ftp://a.example.com"}, "service_url: "},
	} {
		err := test.account.Validate()
		if (err == nil) != (test.want == "") || err != nil && !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
