package customchannel

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Contact is what is known about a person, for the moment the platform creates
// the contact. Every field is optional; what is unknown is left at zero, which
// leaves it out of the body.
type Contact struct {
	FirstName   string   `json:"firstName,omitempty"`   // at most MaxName
	LastName    string   `json:"lastName,omitempty"`    // at most MaxName
	ProfilePic  string   `json:"profilePic,omitempty"`  // absolute http or https URL, of at most 100 kB
	Locale      string   `json:"locale,omitempty"`      // such as en_US
	CountryCode string   `json:"countryCode,omitempty"` // ISO 3166-1 alpha-2; checked by shape, since lists age
	Timezone    *float64 `json:"timezone,omitempty"`    // hours, ±MaxTimezone
	Email       string   `json:"email,omitempty"`       // at most MaxEmail
	Phone       string   `json:"phone,omitempty"`       // at most MaxPhone
	Language    string   `json:"language,omitempty"`    // ISO 639-1; checked by shape
}

// trait is one of a contact's texts with its rules, so that reading, checking and
// repairing cannot disagree.
type trait struct {
	name  string
	value *string
	max   int                 // UTF-16 code units; 0 where the shape bounds it
	cut   bool                // repaired by cutting
	limit string              // says what shape is
	shape func(string) bool   // nil where any text will do
	fold  func(string) string // repair before judging the shape
}

var (
	localeShape   = regexp.MustCompile(`^[a-z]{2,3}(_[A-Z][a-z]{3})?(_([A-Z]{2}|[0-9]{3}))?$`)
	countryShape  = regexp.MustCompile(`^[A-Z]{2}$`)
	languageShape = regexp.MustCompile(`^[a-z]{2}$`)
	emailShape    = regexp.MustCompile(`^[^@\s]+@[^@\s]+$`)
	phoneShape    = regexp.MustCompile(`^\+?[-0-9 ./()]*[0-9][-0-9 ./()]*$`)

	underscores = strings.NewReplacer("-", "_").Replace
)

func (c *Contact) traits() []trait {
	return []trait{
		{name: "firstName", value: &c.FirstName, max: MaxName, cut: true},
		{name: "lastName", value: &c.LastName, max: MaxName, cut: true},
		{name: "profilePic", value: &c.ProfilePic, max: MaxURL, limit: limitURL, shape: isLink, fold: normalLink},
		{name: "locale", value: &c.Locale, limit: limitLocale, shape: localeShape.MatchString, fold: underscores},
		{name: "countryCode", value: &c.CountryCode, limit: limitCountry, shape: countryShape.MatchString, fold: strings.ToUpper},
		{name: "email", value: &c.Email, max: MaxEmail, limit: limitEmail, shape: emailShape.MatchString},
		{name: "phone", value: &c.Phone, max: MaxPhone, limit: limitPhone, shape: phoneShape.MatchString},
		{name: "language", value: &c.Language, limit: limitLanguage, shape: languageShape.MatchString, fold: strings.ToLower},
	}
}

// Fit returns what of the contact the platform takes. Names lose the blanks around
// them and are cut at a whole character; one that nobody sees is none; countryCode, language and locale are given the right case and
// separator; whatever then still does not fit is left out. A contact that fits is
// returned as it is.
func (c Contact) Fit() Contact {
	for _, t := range c.traits() {
		s := *t.value
		switch {
		case t.cut:
			s = strings.TrimSpace(strings.ToValidUTF8(s, "\ufffd"))
			if Blank(s) {
				s = ""
			}
			s = CutUTF16(s, t.max)
		case !utf8.ValidString(s):
			s = ""
		case t.fold != nil:
			s = t.fold(s)
		}
		if t.max > 0 && UTF16Len(s) > t.max || t.shape != nil && !t.shape(s) {
			s = ""
		}
		*t.value = s
	}
	if c.Timezone != nil && !within(*c.Timezone, MaxTimezone) {
		c.Timezone = nil
	}
	return c
}

// fitOrNil returns the fitted contact, or nil where nothing is left.
func (c *Contact) fitOrNil() *Contact {
	if c == nil {
		return nil
	}
	if fitted := c.Fit(); fitted != (Contact{}) {
		return &fitted
	}
	return nil
}

// readContact returns nil for a contact without any known field.
func readContact(o object) *Contact {
	var c Contact
	for _, t := range c.traits() {
		*t.value = o.filled(t.name)
	}
	c.Timezone = o.number("timezone")
	if c == (Contact{}) {
		return nil
	}
	return &c
}

func (r *report) contact(path string, c *Contact) {
	for _, t := range c.traits() {
		at := path + "." + t.name
		if t.max > 0 {
			r.text(at, *t.value, false, t.max)
		} else {
			r.unbounded(at, *t.value, false)
		}
		if *t.value != "" && t.shape != nil && !t.shape(*t.value) {
			r.add(at, RuleFormat, t.limit, "")
		}
	}
	if c.Timezone != nil && !within(*c.Timezone, MaxTimezone) {
		r.add(path+".timezone", RuleRange, between(MaxTimezone), "")
	}
}
