package catalogue

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/pkg/webhook/signed"
)

func TestAPageTellsWhatIsDeclared(t *testing.T) {
	t.Parallel()
	said := &reason.Table{}
	said.New("lost", reason.Network, "the pigeon was lost", "la paloma se ha perdido")
	said.New("no_coop", reason.Setup, "there is no coop named {coop}", "no hay ningún palomar llamado {coop}")
	got := Page(provider.Description{
		Name: "pigeon", Doc: "https://pigeon.example", Validity: 90 * time.Minute, SendTimeout: 1500 * time.Millisecond, Concurrency: 1,
		Carries: provider.Carries{
			Text: provider.Limit{Max: 160, Unit: provider.GSM7, Page: "https://pigeon.example/text"}, Location: "https://pigeon.example/place",
		},
		Confirms: provider.Confirms{
			Receipts: "https://pigeon.example/told", Watermarks: "https://pigeon.example/told", Aliases: "https://pigeon.example/people",
		},
		Rates:   provider.Rates{Channel: provider.Rate{Sends: 2, Per: time.Minute, Burst: 5, Page: "https://pigeon.example/rate"}},
		Pages:   provider.Pages{Errors: "https://pigeon.example/errors"},
		Listens: true, Reasons: said,
	}, reason.Spanish)
	want := `pigeon
  https://pigeon.example

account

carries
  text      up to 160 septets of GSM 03.38; a longer one goes in parts  https://pigeon.example/text
  caption   follows as a text of its own
  image     as a link in a text
  video     as a link in a text
  audio     as a link in a text
  file      as a link in a text
  location  as such; its address follows as a text  https://pigeon.example/place
  buttons   quick replies go as a numbered list

confirms
  receipts         what became of a message is told after the network took it
                   https://pigeon.example/told
  watermarks       receipts may be about all that was sent up to then  https://pigeon.example/told
  aliases          one person may have several addresses, and stays one contact
                   https://pigeon.example/people
  idempotency_key  none: what becomes of a send whose answer was lost is the channel's setting
                   uncertain

rates
  channel  each channel: 2 sends in 1 minute, up to 5 at once after a pause
           https://pigeon.example/rate

webhook
  none: the network is listened to

sending
  tried for  90 minutes from the moment it was accepted
  one try    at most 1.5s; 1 contact of a channel at once
  errors     each has a reason that the agent reads  https://pigeon.example/errors

reasons
  pigeon.lost     network: la paloma se ha perdido
  pigeon.no_coop  setup: no hay ningún palomar llamado {coop}
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestANetworkThatIsNotHeard(t *testing.T) {
	t.Parallel()
	if page := Page(provider.Description{Name: "pigeon"}, reason.English); !strings.Contains(page, "\nwebhook\n  none: nothing comes in\n") {
		t.Error(page)
	}
}

func TestWhatIsCarriedInWords(t *testing.T) {
	t.Parallel()
	const page = "https://pigeon.example"
	for want, c := range map[string]provider.Carries{
		"text":                       {},
		"text, image, buttons":       {Image: page, Buttons: provider.Limit{Max: 3}},
		"all but video, file, place": {Image: page, Audio: page, Buttons: provider.Limit{Max: 3}},
		"all but file":               {Image: page, Video: page, Audio: page, Location: page, Buttons: provider.Limit{Max: 3}},
		"everything":                 {Image: page, Video: page, Audio: page, File: page, Location: page, Buttons: provider.Limit{Max: 3}},
	} {
		if got := carried(c); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPoliciesInWords(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		scheme proof.Scheme
		want   string
	}{
		{proof.Token{Header: "X-Key", Secret: "secret"}, "the account's secret in the header X-Key"},
		{proof.Token{Bearer: true, Secret: "secret"}, "the account's secret as bearer token"},
		{proof.Token{Basic: true, User: "name", Secret: "secret"}, "the account's secret as password of basic authentication, with the account's name as user"},
		{proof.Token{Query: "key", Secret: "secret"}, "the account's secret as the query's parameter key"},
		{proof.Token{Path: true, Secret: "secret"}, "the account's secret as the end of the address"},
		{proof.HMAC{Hash: digest.SHA256, Secret: "app_secret", Header: "X-Sig", Encoding: digest.Hex}, "an HMAC-SHA256, in hex, over the body, keyed with the account's app_secret, in the header X-Sig"},
		{proof.HMAC{Hash: digest.SHA1, Secret: "s", Sent: expr.Query("sig"), Encoding: digest.Base64, Over: []signed.Part{signed.Lit("v0:"), signed.FromHeader("T"), signed.URL(), signed.DigestOfBody(digest.SHA256, digest.Hex)}},
			`an HMAC-SHA1, in base64, over "v0:" + the header T + the public address + the body's SHA256 in hex, keyed with the account's s, in the query's sig`},
		{proof.Hash{Hash: digest.SHA1, Secret: "token", Sent: expr.Query("signature"), Encoding: digest.Hex, Over: []signed.Part{signed.Sorted(signed.TheSecret(), signed.FromQuery("timestamp"))}},
			"a SHA1, in hex, of in the order of their bytes the secret + the query's timestamp, where the secret is the account's token, in the query's signature"},
		{proof.Signature{Algorithm: proof.Ed25519, Key: "public_key", Header: "X-S", Encoding: digest.Hex}, "a signature (ed25519) in hex over the body, checked with the account's public_key, in the header X-S"},
		{proof.JWT{Bearer: true, Secret: "signature_secret"}, "a JWT signed with the account's signature_secret, in the header Authorization"},
		{proof.AnyOf{proof.Token{Bearer: true, Secret: "a"}, proof.Token{Query: "b", Secret: "a"}}, "the account's a as bearer token; or with the account's a as the query's parameter b"},
	} {
		if got := verified(test.scheme); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

// Each ability that a network can declare is shown in words.
func TestAbilitiesInWords(t *testing.T) {
	t.Parallel()
	for f := range reflect.TypeFor[provider.Abilities]().Fields() {
		if page := Page(provider.Description{Name: "pigeon", Abilities: []string{f.Name}}, reason.English); abilities[f.Name] == "" || !strings.Contains(page, abilities[f.Name]) {
			t.Errorf("%s is not shown", f.Name)
		}
	}
}
