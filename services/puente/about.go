package main

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// about is all that a network declares, for people.
func about(d provider.Description) string {
	p := &page{}
	fmt.Fprintf(p, "%s\n", d.Name)
	p.row("", d.Doc, "")
	aboutAccount(p, d)
	aboutCarries(p, d)
	aboutRate(p, d)
	aboutWebhook(p, d)
	p.section("sending", "tried for", "one try")
	p.row("tried for", span(d.Validity)+" from the moment it was accepted", "")
	p.row("one try", fmt.Sprintf("at most %s; %s of a channel at once", span(d.SendTimeout), count(d.Concurrency, "contact")), "")
	if link := d.Links["errors"]; link != "" {
		p.row("errors", "each has a reason that the agent reads", link)
	}
	return p.String()
}

func aboutAccount(p *page, d provider.Description) {
	labels := make([]string, 0, len(d.Fields))
	for _, f := range d.Fields {
		labels = append(labels, f.Name)
	}
	p.section("account", labels...)
	for _, f := range d.Fields {
		words := "optional"
		if f.Required {
			words = "required"
		}
		if f.Secret {
			words += ", secret"
		}
		if f.Doc != "" {
			words += ": " + f.Doc
		}
		p.row(f.Name, words, "")
	}
}

func aboutCarries(p *page, d provider.Description) {
	c, unit := d.Carries, units(d.Carries.Unit)
	p.section("carries", "idempotency_key")
	row := func(name, words string) { p.row(name, words, d.Links[name]) }
	more := func(of, name, words string) { // with a page of its own
		if link := d.Links[name]; link != "" && link != d.Links[of] {
			p.row("", words, link)
		}
	}
	either := func(is bool, then, otherwise string) string {
		if is {
			return then
		}
		return otherwise
	}
	row("text", either(c.Text > 0, fmt.Sprintf("up to %d %s; a longer one goes in parts", c.Text, unit), "of any length"))
	more("text", "unit", "counted in "+unit)
	row("caption", either(c.Caption > 0, fmt.Sprintf("up to %d %s; a longer one follows as a text", c.Caption, unit), "follows as a text of its own"))
	for _, kind := range []struct {
		name string
		is   bool
	}{{"image", c.Image}, {"video", c.Video}, {"audio", c.Audio}, {"file", c.File}} {
		row(kind.name, either(kind.is, "as such", "as a link in a text"))
	}
	row("location", either(c.Location, "as such", "as a link to a map")+either(c.Location && !c.LocationAddress, "; its address follows as a text", ""))
	more("location", "location_address", "the address of a place")
	buttons := fmt.Sprintf("up to %d that can be tapped", c.Buttons)
	if c.ButtonText > 0 {
		buttons += fmt.Sprintf(", of up to %d %s each", c.ButtonText, unit)
	}
	row("buttons", either(c.Buttons > 0, buttons+"; others go as a numbered list", "quick replies go as a numbered list"))
	more("buttons", "button_text", "what a button holds")
	row("receipts", either(c.Receipts, "what became of a message is told after the network took it", "none: what the network took is sent, and no more is known"))
	if c.OwnID {
		row("own_id", "receipts name our own id")
	}
	if c.Echoes {
		row("echoes", "what was sent from elsewhere, such as an app, is told")
	}
	if c.Watermarks {
		row("watermarks", "receipts may be about all that was sent up to then")
	}
	if c.Aliases {
		row("aliases", "one person may have several addresses, and stays one contact")
	}
	row("idempotency_key", either(c.IdempotencyKey, "a repeated send is dropped by the network", "none: what becomes of a send whose answer was lost is the channel's setting uncertain"))
}

func aboutRate(p *page, d provider.Description) {
	if d.Rate == (provider.Rate{}) {
		p.section("rate")
		p.row("", "no limit is kept beforehand; what the network refuses waits as it says", d.Links["account_rate"])
		return
	}
	p.section("rate", "account", "channel", "contact")
	for _, l := range []struct {
		name, whom string
		limit      provider.Limit
	}{
		{"account", "all channels of one account together", d.Rate.Account},
		{"channel", "each channel", d.Rate.Channel},
		{"contact", "each contact of a channel", d.Rate.Contact},
	} {
		if l.limit.Sends == 0 {
			continue
		}
		words := fmt.Sprintf("%s: %s in %s", l.whom, count(l.limit.Sends, "send"), span(l.limit.Per))
		if l.limit.Burst > l.limit.Sends {
			words += fmt.Sprintf(", up to %d at once after a pause", l.limit.Burst)
		}
		p.row(l.name, words, d.Links[l.name+"_rate"])
	}
}

func aboutWebhook(p *page, d provider.Description) {
	w := d.Webhook
	if w == nil {
		p.section("webhook")
		p.row("", "none: the network is listened to", d.Links["webhook"])
		return
	}
	p.section("webhook", "admitted", "refused", "handshakes", "instead")
	p.row("admitted", "with "+verified(w.Verify), d.Links["webhook"])
	if w.Freshness.Past > 0 {
		p.row("", fmt.Sprintf("not older than %s by %s", span(w.Freshness.Past), found(w.Freshness.At)), "")
	}
	if w.Replay.Keep > 0 {
		p.row("", fmt.Sprintf("once only by %s, remembered for %s", found(w.Replay.Key), span(w.Replay.Keep)), "")
	}
	methods := w.Methods
	if len(methods) == 0 {
		methods = []string{http.MethodPost}
	}
	p.row("", fmt.Sprintf("by %s, with a body of up to %s", strings.Join(methods, ", "), size(w.Limit())), "")
	p.row("refused", fmt.Sprintf("%d for a forged one, %d while it cannot be stored", w.Answer(webhook.Forged).Status, w.Answer(webhook.NotStored).Status), "")
	if n := len(w.Handshakes); n > 0 {
		p.row("handshakes", count(n, "call")+" answered at once, and not stored", "")
	}
	if d.Listens {
		p.row("instead", "an account can be listened to", "")
	}
}

func units(u provider.Unit) string {
	switch u {
	case provider.Bytes:
		return "bytes of UTF-8"
	case provider.GSM7:
		return "septets of GSM 03.38"
	default:
		return "UTF-16 units"
	}
}

// span is a time in words: "24 hours".
func span(d time.Duration) string {
	for _, u := range []struct {
		of   time.Duration
		noun string
	}{{time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if d >= u.of && d%u.of == 0 {
			return count(int(d/u.of), u.noun)
		}
	}
	return d.String()
}

// size is a number of bytes in words.
func size(bytes int64) string {
	if bytes >= 1<<20 && bytes%(1<<20) == 0 {
		return fmt.Sprintf("%d MB", bytes>>20)
	}
	return fmt.Sprintf("%d bytes", bytes)
}
