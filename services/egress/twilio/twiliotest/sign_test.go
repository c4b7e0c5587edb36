package twiliotest_test

import (
	"net/url"
	"testing"

	"github.com/bonychat/puente/services/egress/twilio/twiliotest"
)

// The vendor's own signatures; see testdata/README.md of the network.
func TestSign(t *testing.T) {
	const five = "CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309&To=%2B18005551212&Caller=%2B14158675309"
	for _, test := range []struct{ name, url, form, want string }{
		{"five parameters", "https://mycompany.com/myapp.php?foo=1&bar=2", five, "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
		{"with a port", "http://mycompany.com:1234/myapp.php?foo=1&bar=2", five, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="},
		{"values of one name", "https://mycompany.com/myapp.php?foo=1&bar=2", "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234", "IK+Dwps556ElfBT0I3Rgjkr1wJU="},
		{"one name begins another", "https://mycompany.com/myapp.php?foo=1&bar=2", five + "&ReasonConferenceEnded=test&Reason=Participant", "vOEb5UThFn24KEfnOFLQY2AE5FY="},
		{"JSON, the URL alone", "https://mycompany.com/myapp.php?bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620", "", "y77kIzt2vzLz71DgmJGsen2scGs="},
	} {
		form, err := url.ParseQuery(test.form)
		if err != nil {
			t.Fatal(err)
		}
		if got := twiliotest.Sign("12345", test.url, form); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}
