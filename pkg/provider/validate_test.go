package provider_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

func TestWhatANetworkDeclaresIsChecked(t *testing.T) {
	t.Parallel()
	const page = "https://example.com/docs"
	type declared = provider.Description
	for _, test := range []struct {
		name   string
		change func(*declared)
		want   string // "" for nothing wrong
	}{
		{"nothing", func(*declared) {}, ""},
		{"a limit with its page", func(d *declared) { d.Carries.Text = provider.Limit{Max: 1, Unit: provider.Bytes, Page: page} }, ""},
		{"a page that says why there is no limit", func(d *declared) { d.Rates.Account.Page, d.Carries.Buttons.Page = page, page }, ""},
		{"its name", func(d *declared) { d.Name = "Toy" }, `network name "Toy"`},
		{"its policy", func(d *declared) { d.Webhook = &webhook.Policy{} }, "verify is required"},
		{"a text without a page", func(d *declared) { d.Carries.Text.Max = 1 }, "Carries.Text.Page is missing"},
		{"a caption without a page", func(d *declared) { d.Carries.Caption.Max = 1 }, "Carries.Caption.Page is missing"},
		{"buttons without a page", func(d *declared) { d.Carries.Buttons.Max = 1 }, "Carries.Buttons.Page is missing"},
		{"a button's text without a page", func(d *declared) { d.Carries.ButtonText.Max = 1 }, "Carries.ButtonText.Page is missing"},
		{"an account's rate without a page", func(d *declared) { d.Rates.Account = provider.PerSecond(1, "") }, "Rates.Account.Page is missing"},
		{"a channel's rate without a page", func(d *declared) { d.Rates.Channel = provider.PerSecond(1, "") }, "Rates.Channel.Page is missing"},
		{"a contact's rate without a page", func(d *declared) { d.Rates.Contact = provider.PerSecond(1, "") }, "Rates.Contact.Page is missing"},
		{"a page of another scheme", func(d *declared) { d.Carries.Image = "http://example.com" }, `Carries.Image "http://example.com": must be an https address`},
		{"a page of nowhere", func(d *declared) { d.Confirms.Aliases = "https:///docs" }, "Confirms.Aliases"},
		{"a page about errors", func(d *declared) { d.Pages.Errors = "errors.html" }, `Pages.Errors "errors.html"`},
		{"a unit", func(d *declared) { d.Carries.Text.Unit = "words" }, `Carries.Text.Unit "words" is unknown`},
		{"a unit of buttons", func(d *declared) { d.Carries.Buttons.Unit = provider.UTF16 }, "Carries.Buttons.Unit: must be empty"},
		{"a limit below zero", func(d *declared) { d.Carries.Caption.Max = -1 }, "Carries.Caption.Max is negative"},
		{"a caption of nothing", func(d *declared) { d.Carries.Caption = provider.Limit{Max: 1, Page: page} }, "Carries.Caption needs an attachment that is carried"},
		{"an address of no place", func(d *declared) { d.Carries.LocationAddress = page }, "Carries.LocationAddress needs Carries.Location"},
		{"the text of no button", func(d *declared) { d.Carries.ButtonText = provider.Limit{Max: 1, Page: page} }, "Carries.ButtonText needs Carries.Buttons"},
		{"our id without a receipt", func(d *declared) { d.Confirms.OwnID = page }, "Confirms.OwnID needs Confirms.Receipts"},
		{"failures without receipts", func(d *declared) { d.Confirms.Failures = page }, "Confirms.Failures needs Confirms.Receipts"},
		{"watermarks without receipts", func(d *declared) { d.Confirms.Watermarks = page }, "Confirms.Watermarks needs Confirms.Receipts"},
		{"sends in no time", func(d *declared) { d.Rates.Channel = provider.Rate{Sends: 1, Page: page} }, "Rates.Channel is no rate"},
		{"a burst of nothing", func(d *declared) { d.Rates.Contact = provider.Rate{Burst: 1} }, "Rates.Contact is no rate"},
		{"a time-out below zero", func(d *declared) { d.SendTimeout = -time.Second }, "SendTimeout is negative"},
		{"a validity below zero", func(d *declared) { d.Validity = -1 }, "Validity is negative"},
		{"fewer than no contacts", func(d *declared) { d.Concurrency = -1 }, "Concurrency is negative"},
	} {
		d := declared{Name: "toy"}
		test.change(&d)
		if err := d.Validate(); (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}
