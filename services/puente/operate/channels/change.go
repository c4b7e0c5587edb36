package channels

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Changes are what is to be different of a channel that is there.
type Changes struct {
	// Settings are new values by their fields: "locale", "platform.webhook_url", "account.api", or "api" for a setting of the account. ""
	// takes one out.
	Settings map[string]string
	// Secrets are new credentials by their fields. They are not shown.
	Secrets map[string]string
	// Without are credentials of the account that are taken out.
	Without []string
	// Unasked has it written whatever the network says, DryRun shows what would change.
	Unasked, DryRun bool
}

// fieldOf is a field as the bridge names it: what is none of a channel's own is a setting of its account.
func fieldOf(name string) string {
	if name == "locale" || name == "contact_id" || strings.Contains(name, ".") {
		return name
	}
	return "account." + name
}

// put gives a field of a draft a value; false for a field that no change can be about.
func put(d *controlv1.Draft, field, value string) bool {
	switch setting, of := strings.CutPrefix(field, "account."); {
	case field == "locale":
		d.Locale = value
	case field == "contact_id":
		d.ContactId = value
	case field == "platform.webhook_url":
		d.WebhookUrl = value
	case field == "platform.api_token":
		d.ApiToken = value
	case !of:
		return false
	case value == "":
		delete(d.Account, setting)
	default:
		if d.Account == nil {
			d.Account = map[string]string{}
		}
		d.Account[setting] = value
	}
	return true
}

// Change changes settings of a channel in the bridge's configuration file. What is wrong, and what the network refuses, are an
// [exit.Error] each, and nothing is written then.
func Change(ctx context.Context, o operate.Operator, channel string, c Changes) error {
	is, err := api.Ask(ctx, api.AnswerWithin, o.Channels.GetSetup, &controlv1.GetSetupRequest{Channel: channel})
	if err != nil {
		return o.ChannelFailed(ctx, channel, err)
	}
	q := &controlv1.ChangeChannelRequest{Draft: is.GetDraft(), Version: is.GetVersion(), Unasked: c.Unasked, DryRun: c.DryRun}
	for _, values := range []map[string]string{c.Settings, c.Secrets} {
		for name, value := range values {
			if !put(q.GetDraft(), fieldOf(name), value) {
				return exit.With(exit.Usage, fmt.Sprintf(o.Words.Orders.NoField, name))
			}
		}
	}
	for _, name := range c.Without {
		q.Without = append(q.Without, strings.TrimPrefix(name, "account."))
	}
	a, err := api.Ask(ctx, api.NetworkWithin, o.Channels.ChangeChannel, q)
	if err != nil {
		return o.Failed(err)
	}
	return changed(o, channel, a, c.DryRun)
}

// changed says what came of a change.
func changed(o operate.Operator, channel string, a *controlv1.ChangeChannelResponse, dry bool) error {
	w := o.Words.Orders
	refused := false
	for _, f := range a.GetFindings() {
		refused = refused || !f.GetGood()
	}
	if o.JSON {
		if err := o.Record(a); err != nil {
			return err
		}
	} else {
		tables(o, a)
	}
	switch {
	case len(a.GetMistakes()) > 0:
		return exit.With(exit.Usage, w.NotRight)
	case len(a.GetChanges()) == 0:
		o.Note(w.Same, channel)
	case dry && refused:
		return exit.With(exit.NeedsYou, "")
	case refused && len(a.GetWritten()) == 0:
		return exit.With(exit.NeedsYou, w.NotKept)
	case !dry && !o.JSON:
		o.Line(w.Changed, channel)
	}
	return nil
}

// tables are those of a change: what is wrong with it, what it changes, and what the network said.
func tables(o operate.Operator, a *controlv1.ChangeChannelResponse) {
	w, h := o.Words.Orders, o.Words.Heads
	if len(a.GetMistakes()) > 0 {
		t := render.Table{Columns: []render.Column{{Head: w.Field}, {Head: h.Why}}}
		for _, m := range a.GetMistakes() {
			t.Add(m.GetField(), cmp.Or(o.Words.Language.Of(m.GetEn(), m.GetEs()), m.GetEn()))
		}
		o.Table(t)
	}
	if len(a.GetChanges()) > 0 {
		t := render.Table{Columns: []render.Column{{Head: w.Field}, {Head: w.Before}, {Head: w.After}}}
		for _, c := range a.GetChanges() {
			switch {
			case c.GetGone():
				t.Add(c.GetField(), w.Secret, "-")
			case c.GetSecret():
				t.Add(c.GetField(), w.Secret, w.NewSecret)
			default:
				t.Add(c.GetField(), cmp.Or(c.GetBefore(), "-"), cmp.Or(c.GetAfter(), "-"))
			}
		}
		o.Table(t)
	}
	if len(a.GetFindings()) > 0 {
		o.Table(findings(o, a.GetFindings()))
	}
}

// Remove takes a channel out of the bridge's configuration file. Unless sure it says what would become of what waits.
func Remove(ctx context.Context, o operate.Operator, channel string, sure bool) error {
	w := o.Words.Orders
	is, err := api.Ask(ctx, api.AnswerWithin, o.Channels.GetSetup, &controlv1.GetSetupRequest{Channel: channel})
	if err != nil {
		return o.ChannelFailed(ctx, channel, err)
	}
	if !sure {
		a, err := api.Ask(ctx, api.AnswerWithin, o.Channels.GetChannel, &controlv1.GetChannelRequest{Channel: channel})
		if err != nil {
			return o.ChannelFailed(ctx, channel, err)
		}
		stillWait(o, a.GetChannel())
		return exit.With(exit.Failed, fmt.Sprintf(w.SureToRemove, channel))
	}
	a, err := api.Ask(ctx, api.AnswerWithin, o.Channels.RemoveChannel, &controlv1.RemoveChannelRequest{Channel: channel, Version: is.GetVersion()})
	if err != nil {
		return o.Failed(err)
	}
	if o.JSON {
		return o.Record(a)
	}
	o.Line(w.Removed, channel)
	return nil
}
