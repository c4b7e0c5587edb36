package console

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/terms"
	"github.com/bonychat/puente/services/control/auth"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// newPath is where a channel is set up.
const newPath = Path + "new"

// newBody is the page on which a channel is set up.
type newBody struct {
	*controlv1.ListNetworksResponse
	// Chosen is the network, nil before one is picked.
	Chosen *controlv1.Network
	// Platform and Account are the fields of the form.
	Platform, Account []asked
	// Mistakes are those of no field.
	Mistakes []*controlv1.Mistake
	// Draft is what the file has to hold; nil before it was asked for, and where there are mistakes.
	Draft *controlv1.DraftChannelResponse
	// ID is that of the channel that was typed.
	ID string
}

// asked is one field of the form.
type asked struct {
	// Name is that of the API: "account.token". Label stands beside it.
	Name, Label string
	// Doc says what it is; DocEnglish is that it is in English whatever the page is in.
	Doc        string
	DocEnglish bool
	Secret     bool
	Required   bool
	// Value is what was typed; "" for a secret, which is never sent back.
	Value   string
	Options []option
	// Wrong is what is wrong with it, WrongEnglish that it is told in English.
	Wrong        string
	WrongEnglish bool
}

// ID is that of the field on the page.
func (f asked) ID() string { return "f-" + strings.NewReplacer(".", "-", "_", "-").Replace(f.Name) }

// newChannel lists the networks.
func (c *Console) newChannel(q *request) (*page, error) {
	list, err := ask(q.ctx, c.api.channels.ListNetworks, &controlv1.ListNetworksRequest{})
	if err != nil {
		return nil, err
	}
	return &page{name: "new", Title: q.W.New.Title, Tab: "new", Command: "puente networks", Body: &newBody{ListNetworksResponse: list}}, nil
}

// newOf is the form of a network.
func (c *Console) newOf(q *request) (*page, error) {
	p, _, err := c.formOf(q, nil)
	return p, err
}

// formOf is the form of the network of the address, with what was typed; nil for nothing yet.
func (c *Console) formOf(q *request, typed *controlv1.Draft) (*page, *newBody, error) {
	list, err := ask(q.ctx, c.api.channels.ListNetworks, &controlv1.ListNetworksRequest{})
	if err != nil {
		return nil, nil, err
	}
	b := &newBody{ListNetworksResponse: list, ID: typed.GetId()}
	at := slices.IndexFunc(list.GetNetworks(), func(n *controlv1.Network) bool { return n.GetName() == q.r.PathValue("network") })
	if at < 0 {
		return nil, nil, errNoPage
	}
	b.Chosen = list.GetNetworks()[at]
	w := q.W.New
	b.Platform = []asked{
		{Name: "id", Label: w.ID, Doc: w.IDDoc, Required: true, Value: typed.GetId()},
		{Name: "contact_id", Label: w.ContactID, Doc: w.ContactIDDoc, Required: true, Options: options([]string{"custom", "phone"}, w.ContactIDs, typed.GetContactId())},
		{Name: "platform.webhook_url", Label: w.WebhookURL, Doc: w.WebhookURLDoc, Required: true, Value: typed.GetWebhookUrl()},
		{Name: "platform.api_token", Label: w.APIToken, Doc: w.APITokenDoc, Required: true, Secret: true},
		{Name: "locale", Label: w.Locale, Doc: w.LocaleDoc, Options: options([]string{"es", "en"}, w.Locales, typed.GetLocale())},
	}
	for _, f := range b.Chosen.GetFields() {
		one := asked{Name: "account." + f.GetName(), Label: f.GetName(), Doc: q.Our(f.GetDoc(), f.GetDocEs()), DocEnglish: q.Lang != terms.English && f.GetDocEs() == "", Secret: f.GetSecret(), Required: f.GetRequired() || f.GetUsual()}
		if !one.Secret {
			one.Value = typed.GetAccount()[f.GetName()]
		}
		b.Account = append(b.Account, one)
	}
	slices.SortStableFunc(b.Account, func(a, b asked) int { // what is required first
		switch {
		case a.Required == b.Required:
			return 0
		case a.Required:
			return -1
		default:
			return 1
		}
	})
	p := &page{name: "new", Title: q.format(w.TitleOf, b.Chosen.GetName()), Tab: "new", Command: "puente init " + b.Chosen.GetName(), Body: b}
	return p, b, nil
}

// typed is the channel that a form holds.
func typed(q *request) *controlv1.Draft {
	form := q.r.PostForm
	d := &controlv1.Draft{Network: q.r.PathValue("network"), Account: map[string]string{}}
	for name, values := range form {
		value := strings.TrimSpace(values[0])
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
	return d
}

// draft checks what was typed, and shows what the file has to hold where it is right.
func (c *Console) draft(q *request) (*page, error) {
	d := typed(q)
	p, b, err := c.formOf(q, d)
	if err != nil {
		return nil, err
	}
	answer, err := ask(q.ctx, c.api.channels.DraftChannel, &controlv1.DraftChannelRequest{Draft: d})
	if err != nil {
		return nil, err
	}
	q.note(p, b, answer.GetMistakes())
	if len(answer.GetMistakes()) == 0 {
		b.Draft = answer
		p.Command = "puente check -f " + b.GetFile() + " && " + b.GetTakeUp()
	}
	return p, nil
}

// add has the channel written.
func (c *Console) add(q *request) (*page, error) {
	d := typed(q)
	p, b, err := c.formOf(q, d)
	if err != nil {
		return nil, err
	}
	answer, err := ask(q.ctx, c.api.channels.AddChannel, &controlv1.AddChannelRequest{Draft: d})
	if err != nil && connect.CodeOf(err) != connect.CodeFailedPrecondition && connect.CodeOf(err) != connect.CodeAlreadyExists {
		return nil, err
	}
	if err != nil { // the form is still right: it says why nothing was written, and what to do by hand
		p, err := c.draft(q)
		if err == nil {
			p.Notice, p.NoticeMood = q.W.New.NotWritten, "bad"
		}
		return p, err
	}
	if q.note(p, b, answer.GetMistakes()); len(answer.GetMistakes()) > 0 {
		return p, nil
	}
	http.Redirect(q.w, q.r, Path+"added/"+url.PathEscape(d.GetId())+"?network="+url.QueryEscape(d.GetNetwork()), http.StatusSeeOther)
	return nil, nil
}

// note puts what is wrong beside the fields.
func (q *request) note(p *page, b *newBody, mistakes []*controlv1.Mistake) {
	if len(mistakes) == 0 {
		return
	}
	p.Notice, p.NoticeMood = q.W.New.Mistakes, "bad"
	for _, m := range mistakes {
		if !noted(q, b.Platform, m) && !noted(q, b.Account, m) {
			b.Mistakes = append(b.Mistakes, m)
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

// GetFile is the configuration file as commands name it.
func (b *newBody) GetFile() string {
	if b.OfFile() {
		return b.GetSource()
	}
	return "puente.yaml"
}

// OfFile says that the channels come from a file that the bridge reads itself.
func (b *newBody) OfFile() bool {
	return strings.ContainsRune(b.GetSource(), '/') || strings.HasSuffix(b.GetSource(), ".yaml")
}

// GetTakeUp is the command that has the file taken up.
func (b *newBody) GetTakeUp() string {
	switch {
	case b.OfFile():
		return "puente reload"
	case b.GetSource() != "": // the demonstration
		return "puente up -f puente.yaml"
	default:
		return "puente apply -f puente.yaml"
	}
}

// MayAdd says that the form can be written here, by whoever is signed in.
func (p *page) MayAdd(b *newBody) bool { return b.GetWritable() && p.Who.May(auth.Write) }

// fieldOf is a field with the page that it stands on.
type fieldOf struct {
	Page  *page
	Field asked
}

// Field is a field for its template.
func (p *page) Field(f asked) fieldOf { return fieldOf{p, f} }

// Dir is the folder of a file.
func (p *page) Dir(file string) string { return path.Dir(file) }
