package console

import (
	"cmp"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/terms"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// setupForm is the form of a channel that is set up or changed.
type setupForm struct {
	// Platform and Account are its fields.
	Platform, Account []asked
	// Mistakes are those of no field.
	Mistakes []*controlv1.Mistake
	// Findings are what the network said of the credentials, and Refused that it is a reason to ask before they are kept.
	Findings []*controlv1.Finding
	Refused  bool
	// ByHand is that the page cannot keep what was typed: somebody writes it into the file.
	ByHand bool
}

// asked is one field of the form.
type asked struct {
	// Name is that of the API: "account.token". Label stands beside it.
	Name, Label string
	// Doc says what it is; DocEnglish is that it is in English whatever the page is in.
	Doc        string
	DocEnglish bool
	Secret     bool
	// Required is that it is usually needed, Always that no channel goes without it.
	Required, Always bool
	Number           bool
	// Value is what was typed; "" for a secret, which is never sent back.
	Value   string
	Options []option
	// Kept is a secret that was typed before, sealed: only this browser can give it back. "" for none.
	Kept string
	// There says that the channel has such a secret, and Gone that it is to be taken out.
	There, Gone bool
	// Wrong is what is wrong with it, WrongEnglish that it is told in English.
	Wrong        string
	WrongEnglish bool
}

// ID is that of the field on the page.
func (f asked) ID() string { return "f-" + strings.NewReplacer(".", "-", "_", "-").Replace(f.Name) }

// Raw is the name that it has in the file; "" where that is the label.
func (f asked) Raw() string {
	if name := strings.TrimPrefix(f.Name, "account."); name != f.Name && name != f.Label {
		return name
	}
	return ""
}

// Removable says that the secret can be taken out of the channel that has it.
func (f asked) Removable() bool { return f.There && !f.Always }

// fields are those of a channel of a network, with what was typed.
func (q *request) fields(n *controlv1.Network, typed *controlv1.Draft) (f setupForm) {
	w := q.W.New
	f.Platform = []asked{
		{Name: "contact_id", Label: w.ContactID, Doc: w.ContactIDDoc, Required: true, Options: options([]string{"custom", "phone"}, w.ContactIDs, typed.GetContactId())},
		{Name: "platform.webhook_url", Label: w.WebhookURL, Doc: w.WebhookURLDoc, Required: true, Value: typed.GetWebhookUrl()},
		{Name: "platform.api_token", Label: w.APIToken, Doc: w.APITokenDoc, Required: true, Always: true, Secret: true, Kept: q.sealSecret("platform.api_token", typed.GetApiToken())},
		{Name: "locale", Label: w.Locale, Doc: w.LocaleDoc, Options: options([]string{"es", "en"}, w.Locales, typed.GetLocale())},
	}
	for _, s := range n.GetFields() {
		one := asked{
			Name: "account." + s.GetName(), Label: cmp.Or(q.Our(s.GetLabel(), s.GetLabelEs()), s.GetLabel(), s.GetName()),
			Doc: q.Our(s.GetDoc(), s.GetDocEs()), DocEnglish: q.Lang != terms.English && s.GetDocEs() == "",
			Secret: s.GetSecret(), Required: s.GetRequired() || s.GetUsual(), Always: s.GetRequired(), Number: s.GetKind() == "number",
		}
		value := typed.GetAccount()[s.GetName()]
		switch {
		case one.Secret:
			one.Kept = q.sealSecret(one.Name, value)
		case len(s.GetValues()) > 0:
			one.Options = q.choices(s.GetValues(), one.Required, value)
		case s.GetKind() == "switch":
			one.Options = options([]string{"", "true", "false"}, map[string]string{"": w.NotSet, "true": w.Yes, "false": w.No}, value)
		default:
			one.Value = value
		}
		f.Account = append(f.Account, one)
	}
	slices.SortStableFunc(f.Account, func(a, b asked) int { // what is required first
		switch {
		case a.Required == b.Required:
			return 0
		case a.Required:
			return -1
		default:
			return 1
		}
	})
	return f
}

// choices are the values of a field that has a few. The first counts where nothing is set: then nothing is written for it.
func (q *request) choices(values []string, required bool, chosen string) (all []option) {
	if !slices.Contains(values, chosen) && chosen != "" { // it is shown as it is, and told to be wrong
		all = append(all, option{chosen, chosen, true})
	}
	for i, v := range values {
		one := option{v, v, v == chosen}
		if i == 0 && !required {
			one.Text = q.format(q.W.New.Default, v)
			if chosen != v {
				one.Value, one.Chosen = "", chosen == ""
			}
		}
		all = append(all, one)
	}
	return all
}

// note puts what is wrong beside the fields.
func (q *request) note(f *setupForm, mistakes []*controlv1.Mistake) {
	for _, m := range mistakes {
		if !noted(q, f.Platform, m) && !noted(q, f.Account, m) {
			f.Mistakes = append(f.Mistakes, m)
		}
	}
}

// noted says that one of the fields has the mistake; the first of each is shown.
func noted(q *request, fields []asked, m *controlv1.Mistake) bool {
	for i := range fields {
		if f := &fields[i]; f.Name == m.GetField() || strings.HasPrefix(m.GetField(), f.Name+".") {
			if f.Wrong == "" {
				f.Wrong, f.WrongEnglish = q.mistake(m)
			}
			return true
		}
	}
	return false
}

// noteFindings puts what the network said where it belongs: what it refuses stands beside the first credential.
func (q *request) noteFindings(f *setupForm, findings []*controlv1.Finding) {
	f.Findings = findings
	for _, one := range findings {
		if one.GetGood() {
			continue
		}
		f.Refused = true
		at := slices.IndexFunc(f.Account, func(a asked) bool { return a.Secret && (a.Kept != "" || a.There) })
		if !one.GetUnknown() && at >= 0 && f.Account[at].Wrong == "" {
			f.Account[at].Wrong, f.Account[at].WrongEnglish = q.Our(one.GetEn(), one.GetEs()), q.Lang != terms.English && one.GetEn() == one.GetEs()
		}
	}
}

// Unanswered says that the network refuses nothing, and did not say that the credentials are good either.
func (f *setupForm) Unanswered() bool {
	return f.Refused && !slices.ContainsFunc(f.Findings, func(one *controlv1.Finding) bool { return !one.GetGood() && !one.GetUnknown() })
}

// Wrongs are the fields with something wrong, in their order on the page.
func (f *setupForm) Wrongs() (all []asked) {
	for _, one := range slices.Concat(f.Platform, f.Account) {
		if one.Wrong != "" {
			all = append(all, one)
		}
	}
	return all
}

// Form is the form itself, of a page that has one.
func (f *setupForm) Form() *setupForm { return f }

// Amiss says that something has to be looked at before anything is kept.
func (f *setupForm) Amiss() bool { return len(f.Wrongs())+len(f.Mistakes) > 0 || f.Refused }

// mistake is what is wrong, and whether it is told in English on a page of another language.
func (q *request) mistake(m *controlv1.Mistake) (text string, english bool) {
	if q.Lang == terms.English {
		return m.GetEn(), false
	}
	if m.GetEs() != "" {
		return m.GetEs(), false
	}
	return m.GetEn(), true
}

// MistakeOf is what is wrong, for templates.
func (q *request) MistakeOf(m *controlv1.Mistake) string {
	text, _ := q.mistake(m)
	return m.GetField() + ": " + text
}

// typed is the channel that a form holds. A secret that was typed before, and is not now, is what it was.
func typed(q *request) *controlv1.Draft {
	form := q.r.PostForm
	d := &controlv1.Draft{Id: q.r.PathValue("channel"), Network: q.r.PathValue("network"), Account: map[string]string{}}
	put := func(name, value string) {
		switch name {
		case "id":
			d.Id = value
		case "contact_id":
			d.ContactId = value
		case "platform.webhook_url":
			d.WebhookUrl = value
		case "platform.api_token":
			d.ApiToken = value
		case "locale":
			d.Locale = value
		default:
			if setting, of := strings.CutPrefix(name, "account."); of && value != "" {
				d.Account[setting] = value
			}
		}
	}
	for name, values := range form {
		if value := strings.TrimSpace(values[0]); value != "" {
			put(name, value)
		}
	}
	for name, values := range form {
		if field, kept := strings.CutPrefix(name, keptPrefix); kept && strings.TrimSpace(form.Get(field)) == "" && !slices.Contains(form["without"], strings.TrimPrefix(field, "account.")) {
			put(field, q.openSecret(field, values[0]))
		}
	}
	return d
}

// fieldOf is a field with the page that it stands on.
type fieldOf struct {
	Page  *page
	Field asked
}

// Field is a field for its template.
func (p *page) Field(f asked) fieldOf { return fieldOf{p, f} }

// formOn is a form with the page that it stands on.
type formOn struct {
	Page *page
	Form *setupForm
}

// SetupForm is a form for its templates.
func (p *page) SetupForm(f *setupForm) formOn { return formOn{p, f} }
