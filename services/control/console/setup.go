package console

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/services/control/auth"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// newPath is where a channel is set up.
const newPath = Path + "new"

// newBody is the page on which a channel is set up.
type newBody struct {
	*controlv1.ListNetworksResponse
	setupForm
	// Chosen is the network, nil before one is picked.
	Chosen *controlv1.Network
	// Draft is what the file has to hold; nil before it was asked for, and where there are mistakes.
	Draft *controlv1.DraftChannelResponse
	// ID is that of the channel that was typed.
	ID string
}

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
	b.setupForm = q.fields(b.Chosen, typed)
	b.ByHand = !b.GetWritable() || !q.Who.May(auth.Write)
	b.Platform = slices.Insert(b.Platform, 0, asked{Name: "id", Label: w.ID, Doc: w.IDDoc, Required: true, Value: typed.GetId()})
	p := &page{name: "new", Title: q.format(w.TitleOf, b.Chosen.GetName()), Tab: "new", Command: "puente init " + b.Chosen.GetName(), Body: b}
	return p, b, nil
}

// draft checks what was typed, and shows what the file has to hold where it is right. The network is asked by whoever may, but not
// while somebody types.
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
	if q.note(&b.setupForm, answer.GetMistakes()); len(answer.GetMistakes()) == 0 {
		b.Draft = answer
		p.Command = "puente check -f " + b.GetFile() + " && " + b.GetTakeUp()
		if !byScript(q.r) && q.Who.May(auth.Write) {
			tried, err := ask(q.ctx, c.api.channels.TryChannel, &controlv1.TryChannelRequest{Draft: d})
			if err != nil {
				return nil, err
			}
			q.noteFindings(&b.setupForm, tried.GetFindings())
		}
	}
	return p.focused(&b.setupForm), nil
}

// focused has the page begin at what is wrong.
func (p *page) focused(f *setupForm) *page {
	if f.Amiss() {
		p.focus = "wrong"
	}
	return p
}

// unasked says that what was typed is to be kept whatever the network says.
func unasked(q *request) bool { return q.r.PostFormValue("unasked") != "" }

// add has the channel written.
func (c *Console) add(q *request) (*page, error) {
	d := typed(q)
	p, b, err := c.formOf(q, d)
	if err != nil {
		return nil, err
	}
	answer, err := ask(q.ctx, c.api.channels.AddChannel, &controlv1.AddChannelRequest{Draft: d, Unasked: unasked(q)})
	if err != nil && connect.CodeOf(err) != connect.CodeFailedPrecondition && connect.CodeOf(err) != connect.CodeAlreadyExists {
		return nil, err
	}
	if err != nil { // the form is still right: it says why nothing was written, and what to do by hand
		said := q.said(err)
		p, err := c.draft(q)
		if err == nil {
			p.Notice, p.NoticeMood = q.W.New.NotWritten+" "+q.format(q.W.Wrong.Said, said), "bad"
		}
		return p, err
	}
	if len(answer.GetWritten()) == 0 {
		q.note(&b.setupForm, answer.GetMistakes())
		q.noteFindings(&b.setupForm, answer.GetFindings())
		return p.focused(&b.setupForm), nil
	}
	http.Redirect(q.w, q.r, Path+"added/"+url.PathEscape(d.GetId())+"?network="+url.QueryEscape(d.GetNetwork())+saidOf(answer.GetFindings()), http.StatusSeeOther)
	return nil, nil
}

// GetFile is the configuration file as commands name it.
func (b *newBody) GetFile() string { return fileOf(b.ListNetworksResponse) }

// OfFile says that the channels come from a file that the bridge reads itself.
func (b *newBody) OfFile() bool { return ofFile(b.GetSource()) }

// GetTakeUp is the command that has the file taken up.
func (b *newBody) GetTakeUp() string { return takeUp(b.ListNetworksResponse) }

func ofFile(source string) bool {
	return strings.ContainsRune(source, '/') || strings.HasSuffix(source, ".yaml")
}

func fileOf(l *controlv1.ListNetworksResponse) string {
	if ofFile(l.GetSource()) {
		return l.GetSource()
	}
	return "puente.yaml"
}

func takeUp(l *controlv1.ListNetworksResponse) string {
	switch {
	case ofFile(l.GetSource()):
		return "puente reload"
	case l.GetSource() != "": // the demonstration
		return "puente up -f puente.yaml"
	default:
		return "puente apply -f puente.yaml"
	}
}

// MayAdd says that the form can be written here, by whoever is signed in.
func (p *page) MayAdd(b *newBody) bool { return b.GetWritable() && p.Who.May(auth.Write) }

// filesOn are files of secrets with the page that they stand on.
type filesOn struct {
	Page  *page
	Files []*controlv1.SecretFile
}

// FilesOf are files of secrets for their template.
func (p *page) FilesOf(files []*controlv1.SecretFile) filesOn { return filesOn{Page: p, Files: files} }

// Dir is the folder of a file.
func (p *page) Dir(file string) string { return path.Dir(file) }

// saidOf is what the network said of credentials that are kept, for the address of the page that is shown then.
func saidOf(findings []*controlv1.Finding) string {
	switch {
	case len(findings) == 0:
		return ""
	case slices.ContainsFunc(findings, func(f *controlv1.Finding) bool { return f.GetUnknown() }):
		return "&asked=unknown"
	default:
		return "&asked=good"
	}
}
