package provider

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/reason"
)

var networkName = regexp.MustCompile(`^[a-z][a-z0-9]{0,19}$`)

// Validate joins all that is wrong with what the network declares, each with the field that it is about. It is asked once
// when the network's service starts, and by the kit.
func (d Description) Validate() error { return errors.Join(d.check().errs...) }

// Cited is every page of the vendor's that the network names, by the field: "Doc", "Carries.Text.Page", "Confirms.Receipts".
func (d Description) Cited() map[string]Page {
	pages := d.check().pages
	pages["Doc"] = Page(d.Doc)
	return pages
}

func (d Description) check() *mistakes {
	m := &mistakes{pages: map[string]Page{}}
	if !networkName.MatchString(d.Name) {
		m.wrong("network name %q: must be 1 to 20 lower-case letters and digits", d.Name)
	}
	if d.Webhook != nil {
		m.errs = append(m.errs, d.Webhook.Validate())
	}
	m.inCarries(d.Carries)
	m.inConfirms(d.Confirms)
	m.rate("Rates.Account", d.Rates.Account)
	m.rate("Rates.Channel", d.Rates.Channel)
	m.rate("Rates.Contact", d.Rates.Contact)
	m.page("Pages.Unit", d.Pages.Unit)
	m.page("Pages.Webhook", d.Pages.Webhook)
	m.page("Pages.Errors", d.Pages.Errors)
	m.reasons(d.Reasons)
	m.fields(d.Fields)
	m.notNegative("Validity", int64(d.Validity))
	m.notNegative("SendTimeout", int64(d.SendTimeout))
	m.notNegative("Concurrency", int64(d.Concurrency))
	return m
}

// mistakes are what is wrong with a declaration, and the pages that were looked at.
type mistakes struct {
	errs  []error
	pages map[string]Page
}

func (m *mistakes) wrong(format string, args ...any) {
	m.errs = append(m.errs, fmt.Errorf(format, args...))
}

// fields checks the values that settings declare.
func (m *mistakes) fields(all []Field) {
	for _, f := range all {
		sorted := slices.Sorted(slices.Values(f.Values))
		switch {
		case len(f.Values) == 0:
		case f.Secret || f.Kind != "":
			m.wrong("the account's field %s: only a text that is no credential has values that it is chosen from", f.Name)
		case len(f.Values) == 1 || slices.Contains(f.Values, "") || len(slices.Compact(sorted)) < len(f.Values):
			m.wrong("the account's field %s: the tag values must name two values or more, each once", f.Name)
		}
	}
}

// reasons checks the table. The network's name is put before the codes by the SDK.
func (m *mistakes) reasons(t *reason.Table) {
	if err := t.Validate(); err != nil {
		m.errs = append(m.errs, err)
	}
	for _, r := range t.All() {
		if strings.Contains(r.Code(), ".") {
			m.wrong("reason %q: the code must not have the network's name: it is put before it", r.Code())
		}
	}
}

func (m *mistakes) notNegative(field string, value int64) {
	if value < 0 {
		m.wrong("%s is negative", field)
	}
}

// needs reports a statement that says nothing without another.
func (m *mistakes) needs(field string, set bool, other string, otherSet bool) {
	if set && !otherSet {
		m.wrong("%s needs %s", field, other)
	}
}

func (m *mistakes) inCarries(v Carries) {
	m.limit("Carries.Text", v.Text, true)
	m.limit("Carries.Caption", v.Caption, true)
	m.limit("Carries.Buttons", v.Buttons, false)
	m.limit("Carries.ButtonText", v.ButtonText, true)
	m.page("Carries.Image", v.Image)
	m.page("Carries.Video", v.Video)
	m.page("Carries.Audio", v.Audio)
	m.page("Carries.File", v.File)
	m.page("Carries.Location", v.Location)
	m.page("Carries.LocationAddress", v.LocationAddress)
	m.needs("Carries.Caption", v.Caption.Max > 0, "an attachment that is carried", v.Image+v.Video+v.Audio+v.File != "")
	m.needs("Carries.LocationAddress", v.LocationAddress != "", "Carries.Location", v.Location != "")
	m.needs("Carries.ButtonText", v.ButtonText.Max > 0, "Carries.Buttons", v.Buttons.Max > 0)
}

func (m *mistakes) inConfirms(v Confirms) {
	m.page("Confirms.Receipts", v.Receipts)
	m.page("Confirms.Failures", v.Failures)
	m.page("Confirms.OwnID", v.OwnID)
	m.page("Confirms.Watermarks", v.Watermarks)
	m.page("Confirms.Echoes", v.Echoes)
	m.page("Confirms.Aliases", v.Aliases)
	m.page("Confirms.IdempotencyKey", v.IdempotencyKey)
	m.needs("Confirms.Failures", v.Failures != "", "Confirms.Receipts", v.Receipts != "")
	m.needs("Confirms.OwnID", v.OwnID != "", "Confirms.Receipts", v.Receipts != "")
	m.needs("Confirms.Watermarks", v.Watermarks != "", "Confirms.Receipts", v.Receipts != "")
}

// limit checks a limit of words, or of a number of things.
func (m *mistakes) limit(field string, l Limit, words bool) {
	switch l.Unit {
	case "":
	case UTF16, Bytes, GSM7:
		if !words {
			m.wrong("%s.Unit: must be empty, since things are counted", field)
		}
	default:
		m.wrong("%s.Unit %q is unknown", field, l.Unit)
	}
	m.notNegative(field+".Max", int64(l.Max))
	m.cited(field, l.Max > 0, l.Page)
}

func (m *mistakes) rate(field string, r Rate) {
	if r.Sends < 0 || r.Burst < 0 || r.Sends > 0 && r.Per <= 0 || r.Sends == 0 && (r.Per != 0 || r.Burst != 0) {
		m.wrong("%s is no rate: it needs Sends and Per, and none is negative", field)
	}
	m.cited(field, r.Sends > 0, r.Page)
}

// cited checks the page of a number, which a number has to have.
func (m *mistakes) cited(field string, set bool, page Page) {
	if set && page == "" {
		m.wrong("%s.Page is missing: a limit stands beside the vendor's page that gives it", field)
	}
	m.page(field+".Page", page)
}

func (m *mistakes) page(field string, page Page) {
	if page == "" {
		return
	}
	m.pages[field] = page
	if u, err := url.Parse(string(page)); err != nil || u.Scheme != "https" || u.Hostname() == "" {
		m.wrong("%s %q: must be an https address", field, page)
	}
}
