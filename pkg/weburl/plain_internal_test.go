package weburl

import "testing"

func TestAddressesInTheirFormAreKnownAtOnce(t *testing.T) {
	for address, want := range map[string]bool{
		"https://api.telegram.org/bot123456:AAF-x_y/sendMessage":           true,
		"https://graph.facebook.com/v23.0/106540352242922/messages":        true,
		"https://app.bonychat.example/webhooks/custom?token=a.b-c~d&x=1,2": true,
		"http://127.0.0.1:43211/messages":                                  true,
		"https://my-bridge.example.com":                                    true,
		"https://a.example/100%25.pdf":                                     false, // may be an escape, or none
		"https://A.example/":                                               false,
		"HTTPS://a.example/":                                               false,
		"https://xn--mnchen-3ya.example/":                                  false, // may be none
		"https://a..example/":                                              false,
		"https://-a.example/":                                              false,
		"https://a-.example/":                                              false,
		"https://a.example./":                                              false,
		"https://user:secret@a.example/":                                   false,
		"https://a.example:/":                                              false,
		"https://a.example:123456/":                                        false,
		"https://[::1]/":                                                   false,
		"https://a.example/a b":                                            false,
		"https://a.example/#a":                                             false,
		"https:///a":                                                       false,
		"ftp://a.example/":                                                 false,
	} {
		if got := plain(address); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

// FuzzPlain: what is taken for its own form is its own form.
func FuzzPlain(f *testing.F) {
	f.Add("https://my-host.example.com:8443/v1/a_b?c=d&e=f")
	f.Add("http://xn--a.example/")
	f.Add("http://a--b.c.1/")
	f.Fuzz(func(t *testing.T, address string) {
		if !plain(address) {
			return
		}
		if got, err := spell(address); err != nil || got != address {
			t.Errorf("%q became %q, %v", address, got, err)
		}
	})
}
