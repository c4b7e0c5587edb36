package catalogue

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/services/puente/words"
)

// Page is all that a network declares, for people, in lines of at most 100 columns; only an address may be longer. The
// sentences of its reasons are in the language.
func Page(d provider.Description, l reason.Locale) string {
	p := &sheet{}
	fmt.Fprintf(p, "%s\n", d.Name)
	p.row("", d.Doc, "")
	aboutAccount(p, d)
	aboutCarries(p, d)
	aboutConfirms(p, d)
	aboutRates(p, d.Rates)
	aboutWebhook(p, d)
	aboutAbilities(p, d.Abilities)
	p.section("sending", "tried for", "one try")
	p.row("tried for", span(d.Validity)+" from the moment it was accepted", "")
	p.row("one try", fmt.Sprintf("at most %s; %s of a channel at once", span(d.SendTimeout), words.Count(d.Concurrency, "contact")), "")
	if d.Pages.Errors != "" {
		p.row("errors", "each has a reason that the agent reads", d.Pages.Errors)
	}
	aboutReasons(p, d, l)
	return p.String()
}

// aboutReasons is a table of all that the network's code says: the code, whose fault it is, and the sentence.
func aboutReasons(p *sheet, d provider.Description, l reason.Locale) {
	all := d.Reasons.All()
	if len(all) == 0 {
		return
	}
	codes := make([]string, 0, len(all))
	for _, r := range all {
		codes = append(codes, r.Of(d.Name).Code())
	}
	p.section("reasons", codes...)
	for i, r := range all {
		p.row(codes[i], reason.Word(r.Fault())+": "+r.Text(l), "")
	}
}

func aboutAccount(p *sheet, d provider.Description) {
	labels := make([]string, 0, len(d.Fields))
	for _, f := range d.Fields {
		labels = append(labels, f.Name)
	}
	p.section("account", labels...)
	for _, f := range d.Fields {
		said := "optional"
		if f.Required {
			said = "required"
		}
		if f.Secret {
			said += ", secret"
		}
		if len(f.Values) > 0 {
			said += ", one of " + strings.Join(f.Values, " ")
		}
		if f.Doc != "" {
			said += ": " + f.Doc
		}
		p.row(f.Name, said, "")
	}
}

func aboutCarries(p *sheet, d provider.Description) {
	c := d.Carries
	p.section("carries", "location")
	more := func(of, page provider.Page, words string) { // what has a page of its own
		if page != "" && page != of {
			p.row("", words, page)
		}
	}
	p.row("text", either(c.Text.Max > 0, fmt.Sprintf("up to %s; a longer one goes in parts", amount(c.Text)), "of any length"), c.Text.Page)
	more(c.Text.Page, d.Pages.Unit, "counted in "+units(c.Text.Unit))
	p.row("caption", either(c.Caption.Max > 0, fmt.Sprintf("up to %s; a longer one follows as a text", amount(c.Caption)), "follows as a text of its own"), c.Caption.Page)
	for _, kind := range []struct {
		name string
		page provider.Page
	}{{"image", c.Image}, {"video", c.Video}, {"audio", c.Audio}, {"file", c.File}} {
		p.row(kind.name, either(kind.page != "", "as such", "as a link in a text"), kind.page)
	}
	p.row("location", either(c.Location != "", "as such", "as a link to a map")+either(c.Location != "" && c.LocationAddress == "", "; its address follows as a text", ""), c.Location)
	more(c.Location, c.LocationAddress, "the address of a place")
	buttons := fmt.Sprintf("up to %d that can be tapped", c.Buttons.Max)
	if c.ButtonText.Max > 0 {
		buttons += fmt.Sprintf(", of up to %s each", amount(c.ButtonText))
	}
	p.row("buttons", either(c.Buttons.Max > 0, buttons+"; others go as a numbered list", "quick replies go as a numbered list"), c.Buttons.Page)
	more(c.Buttons.Page, c.ButtonText.Page, "what a button holds")
}

func aboutConfirms(p *sheet, d provider.Description) {
	c := d.Confirms
	p.section("confirms", "idempotency_key")
	p.row("receipts", either(c.Receipts != "", "what became of a message is told after the network took it", "none: what the network took is sent, and no more is known"), c.Receipts)
	for _, told := range []struct {
		name, words string
		page        provider.Page
	}{
		{"failures", "a receipt may tell that a message failed: its text is kept for a while, so that it can be sent again", c.Failures},
		{"own_id", "receipts name our own id", c.OwnID},
		{"echoes", "what was sent from elsewhere, such as an app, is told", c.Echoes},
		{"watermarks", "receipts may be about all that was sent up to then", c.Watermarks},
		{"aliases", "one person may have several addresses, and stays one contact", c.Aliases},
	} {
		if told.page != "" {
			p.row(told.name, told.words, told.page)
		}
	}
	p.row("idempotency_key", either(c.IdempotencyKey != "", "a repeated send is dropped by the network", "none: what becomes of a send whose answer was lost is the channel's setting uncertain"), c.IdempotencyKey)
}

func either(is bool, then, otherwise string) string {
	if is {
		return then
	}
	return otherwise
}

func aboutRates(p *sheet, r provider.Rates) {
	if r.Account.Sends+r.Channel.Sends+r.Contact.Sends == 0 {
		p.section("rates")
		p.row("", "no limit is kept beforehand; what the network refuses waits as it says", r.Account.Page)
		return
	}
	p.section("rates", "account", "channel", "contact")
	for _, l := range []struct {
		name, whom string
		rate       provider.Rate
	}{
		{"account", "all channels of one account together", r.Account},
		{"channel", "each channel", r.Channel},
		{"contact", "each contact of a channel", r.Contact},
	} {
		if l.rate.Sends == 0 {
			continue
		}
		limit := fmt.Sprintf("%s: %s in %s", l.whom, words.Count(l.rate.Sends, "send"), span(l.rate.Per))
		if l.rate.Burst > l.rate.Sends {
			limit += fmt.Sprintf(", up to %d at once after a pause", l.rate.Burst)
		}
		p.row(l.name, limit, l.rate.Page)
	}
}

func aboutWebhook(p *sheet, d provider.Description) {
	w := d.Webhook
	if w == nil {
		p.section("webhook")
		p.row("", either(d.Listens, "none: the network is listened to", "none: nothing comes in"), d.Pages.Webhook)
		return
	}
	p.section("webhook", "admitted", "refused", "handshakes", "instead")
	p.row("admitted", "with "+verified(w.Verify), d.Pages.Webhook)
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
		p.row("handshakes", words.Count(n, "call")+" answered at once, and not stored", "")
	}
	switch {
	case slices.Contains(d.Abilities, "Called"):
		p.row("besides", "accounts are listened to", "")
	case d.Listens:
		p.row("instead", "an account can be listened to", "")
	}
}

// abilities are what the names in [provider.Abilities] mean for who runs the bridge.
var abilities = map[string]string{
	"Fetcher":    "files from contacts are fetched and stored",
	"Checker":    "puente setup can ask whether the credentials are good",
	"Setter":     "puente setup --register can register the webhook",
	"Instructor": "puente setup says how a person registers the webhook",
	"Inspector":  "puente setup can ask where the network calls",
	"Listener":   "an account can be listened to",
	"Called":     "the network calls also for accounts that are listened to",
	"Validator":  "settings are checked for more than being there",
	"Agreed":     "an account may say how much its own contract allows",
	"Exclusive":  "two channels with the same sender, mailbox or the like are refused",
	"Identity":   "channels of one account share its rates",
}

func aboutAbilities(p *sheet, names []string) {
	if len(names) == 0 {
		return
	}
	p.section("abilities", names...)
	for _, name := range names {
		p.row(name, abilities[name], "")
	}
}

// amount is a limit of words.
func amount(l provider.Limit) string { return fmt.Sprintf("%d %s", l.Max, units(l.Unit)) }

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
			return words.Count(int(d/u.of), u.noun)
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
