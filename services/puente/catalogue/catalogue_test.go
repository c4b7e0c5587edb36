package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

func TestNetworksAreListed(t *testing.T) {
	t.Parallel()
	out, errs, status := commandLine("networks")
	if status != exitOK {
		t.Fatalf("status %d: %s", status, errs)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != len(drivers)+1 {
		t.Errorf("%d lines for %d networks", len(lines), len(drivers))
	}
	for _, d := range drivers {
		if about := d.Describe(); !strings.Contains(out, "\n"+about.Name+" ") || !strings.Contains(out, " "+about.Doc+"\n") {
			t.Errorf("%s is not listed with its documentation:\n%s", about.Name, out)
		}
	}
	for _, line := range lines {
		if before, _, _ := strings.Cut(line, "https://"); utf8.RuneCountInString(before) > 80 {
			t.Errorf("the columns before the address are too wide: %s", line)
		}
	}
}

// What a network declares is all on its page, in lines that fit.
func TestANetworkIsShown(t *testing.T) {
	t.Parallel()
	for _, d := range drivers {
		about := d.Describe()
		out, errs, status := commandLine("networks", about.Name)
		if status != exitOK {
			t.Fatalf("status %d: %s", status, errs)
		}
		for _, f := range about.Fields {
			if !strings.Contains(out, "\n  "+f.Name+" ") {
				t.Errorf("%s: the field %s is not shown", about.Name, f.Name)
			}
		}
		for field, page := range about.Cited() {
			if !strings.Contains(out, string(page)) {
				t.Errorf("%s: the page of %s is not shown: %s", about.Name, field, page)
			}
		}
		for line := range strings.Lines(out) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > columns && !strings.HasPrefix(strings.TrimSpace(line), "https://") {
				t.Errorf("%s: %d columns: %s", about.Name, n, line)
			}
		}
	}
}

func TestNetworksForMachines(t *testing.T) {
	t.Parallel()
	out, _, _ := commandLine("networks", "-json")
	var all []provider.Description
	if err := json.Unmarshal([]byte(out), &all); err != nil || len(all) != len(drivers) {
		t.Fatalf("%d networks: %v", len(all), err)
	}
	out, _, _ = commandLine("networks", "telegram", "-json")
	var one provider.Description
	if err := json.Unmarshal([]byte(out), &one); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(all[0], one); diff != "" || one.Name != "telegram" {
		t.Errorf("%s: %s", one.Name, diff)
	}
	for args, want := range map[string]string{"networks pigeon": `there is no network "pigeon": there are telegram, `} {
		if _, errs, status := commandLine(strings.Fields(args)...); status != exitError || !strings.Contains(errs, want) {
			t.Errorf("%s: status %d, %s", args, status, errs)
		}
	}
	if _, errs, status := commandLine("networks", "a", "b"); status != exitUsage || !strings.Contains(errs, `unexpected argument "b"`) {
		t.Errorf("status %d, %s", status, errs)
	}
}

func TestAPageTellsWhatIsDeclared(t *testing.T) {
	t.Parallel()
	got := about(provider.Description{
		Name: "pigeon", Doc: "https://pigeon.example", Validity: 90 * time.Minute, SendTimeout: 1500 * time.Millisecond, Concurrency: 1,
		Carries: provider.Carries{
			Text: provider.Limit{Max: 160, Unit: provider.GSM7, Page: "https://pigeon.example/text"}, Location: "https://pigeon.example/place",
		},
		Confirms: provider.Confirms{
			Receipts: "https://pigeon.example/told", Watermarks: "https://pigeon.example/told", Aliases: "https://pigeon.example/people",
		},
		Rates:   provider.Rates{Channel: provider.Rate{Sends: 2, Per: time.Minute, Burst: 5, Page: "https://pigeon.example/rate"}},
		Pages:   provider.Pages{Errors: "https://pigeon.example/errors"},
		Listens: true,
	})
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
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
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
		scheme webhook.Scheme
		want   string
	}{
		{webhook.Token{Header: "X-Key", Secret: "secret"}, "the account's secret in the header X-Key"},
		{webhook.Token{Bearer: true, Secret: "secret"}, "the account's secret as bearer token"},
		{webhook.Token{Basic: true, User: "name", Secret: "secret"}, "the account's secret as password of basic authentication, with the account's name as user"},
		{webhook.Token{Query: "key", Secret: "secret"}, "the account's secret as the query's parameter key"},
		{webhook.Token{Path: true, Secret: "secret"}, "the account's secret as the end of the address"},
		{webhook.HMAC{Hash: webhook.SHA256, Secret: "app_secret", Header: "X-Sig", Encoding: webhook.Hex}, "an HMAC-SHA256, in hex, over the body, keyed with the account's app_secret, in the header X-Sig"},
		{webhook.HMAC{Hash: webhook.SHA1, Secret: "s", Sent: webhook.Query("sig"), Encoding: webhook.Base64, Over: []webhook.Part{webhook.Lit("v0:"), webhook.FromHeader("T"), webhook.URL(), webhook.DigestOfBody(webhook.SHA256, webhook.Hex)}},
			`an HMAC-SHA1, in base64, over "v0:" + the header T + the public address + the body's SHA256 in hex, keyed with the account's s, in the query's sig`},
		{webhook.Hash{Hash: webhook.SHA1, Secret: "token", Sent: webhook.Query("signature"), Encoding: webhook.Hex, Over: []webhook.Part{webhook.Sorted(webhook.TheSecret(), webhook.FromQuery("timestamp"))}},
			"a SHA1, in hex, of in the order of their bytes the secret + the query's timestamp, where the secret is the account's token, in the query's signature"},
		{webhook.Signature{Algorithm: webhook.Ed25519, Key: "public_key", Header: "X-S", Encoding: webhook.Hex}, "a signature (ed25519) in hex over the body, checked with the account's public_key, in the header X-S"},
		{webhook.JWT{Bearer: true, Secret: "signature_secret"}, "a JWT signed with the account's signature_secret, in the header Authorization"},
		{webhook.AnyOf{webhook.Token{Bearer: true, Secret: "a"}, webhook.Token{Query: "b", Secret: "a"}}, "the account's a as bearer token; or with the account's a as the query's parameter b"},
	} {
		if got := verified(test.scheme); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}
