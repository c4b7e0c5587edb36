package console

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/services/control/auth"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// changeBody is the page on which a channel is changed.
type changeBody struct {
	*controlv1.ListNetworksResponse
	setupForm
	ID, Network string
	// Version is that of what is shown; "" where nothing is written here.
	Version string
	// Preview is what would change; nil before it was asked for, and where there are mistakes.
	Preview *controlv1.ChangeChannelResponse
	// May says that who is signed in may have it written here.
	May bool
}

// GetFile is the configuration file as commands name it, and GetTakeUp the command that has it taken up.
func (b *changeBody) GetFile() string   { return fileOf(b.ListNetworksResponse) }
func (b *changeBody) GetTakeUp() string { return takeUp(b.ListNetworksResponse) }

// ByHand says that somebody has to write the file.
func (b *changeBody) ByHand() bool { return !b.GetWritable() }

// LabelOf is what a field is called on the page.
func (b *changeBody) LabelOf(field string) string {
	for _, f := range slices.Concat(b.Platform, b.Account) {
		if f.Name == field {
			return f.Label
		}
	}
	return field
}

// setup is the form of a channel that is there.
func (c *Console) setup(q *request) (*page, error) {
	p, _, err := c.changeOf(q, nil)
	return p, err
}

// changeOf is the form of the channel of the address, with what was typed; nil for what it has.
func (c *Console) changeOf(q *request, typed *controlv1.Draft) (*page, *changeBody, error) {
	id := q.r.PathValue("channel")
	var list *controlv1.ListNetworksResponse
	var is *controlv1.GetSetupResponse
	if err := together(func() (err error) {
		list, err = ask(q.ctx, c.api.channels.ListNetworks, &controlv1.ListNetworksRequest{})
		return err
	}, func() (err error) {
		is, err = ask(q.ctx, c.api.channels.GetSetup, &controlv1.GetSetupRequest{Channel: id})
		return err
	}); err != nil {
		return nil, nil, err
	}
	b := &changeBody{ListNetworksResponse: list, ID: id, Network: is.GetDraft().GetNetwork(), Version: is.GetVersion(), May: list.GetWritable() && q.Who.May(auth.Write)}
	network := &controlv1.Network{Name: b.Network} // of one that nobody has declared the platform's side can be seen
	if at := slices.IndexFunc(list.GetNetworks(), func(n *controlv1.Network) bool { return n.GetName() == b.Network }); at >= 0 {
		network = list.GetNetworks()[at]
	}
	shown := is.GetDraft()
	if typed != nil {
		shown, b.Version = typed, q.r.PostFormValue("version")
	}
	b.setupForm = q.fields(network, shown)
	for _, fields := range [][]asked{b.Platform, b.Account} {
		for i := range fields {
			f := &fields[i]
			f.There = slices.Contains(is.GetSecrets(), f.Name)
			f.Gone = f.There && slices.Contains(q.r.PostForm["without"], strings.TrimPrefix(f.Name, "account."))
		}
	}
	return &page{name: "change", Title: q.format(q.W.Change.Title, id), Command: "puente change " + id, Body: b}, b, nil
}

// previewChange says what would change, and what the network says of it; while somebody types, what is wrong alone.
func (c *Console) previewChange(q *request) (*page, error) {
	d := typed(q)
	p, b, err := c.changeOf(q, d)
	if err != nil {
		return nil, err
	}
	without := q.r.PostForm["without"]
	if byScript(q.r) || !q.Who.May(auth.Write) {
		answer, err := ask(q.ctx, c.api.channels.DraftChannel, &controlv1.DraftChannelRequest{Draft: d, There: true, Without: without})
		if err != nil {
			return nil, err
		}
		q.note(&b.setupForm, answer.GetMistakes())
		return p.focused(&b.setupForm), nil
	}
	answer, err := ask(q.ctx, c.api.channels.ChangeChannel, &controlv1.ChangeChannelRequest{Draft: d, Without: without, Version: b.Version, DryRun: true})
	if connect.CodeOf(err) == connect.CodeAborted {
		return c.changedMeanwhile(q)
	}
	if err != nil {
		return nil, err
	}
	q.note(&b.setupForm, answer.GetMistakes())
	q.noteFindings(&b.setupForm, answer.GetFindings())
	if len(answer.GetMistakes()) == 0 {
		b.Preview = answer
		p.Command = changeCommand(b.ID, answer.GetChanges())
	}
	return p.focused(&b.setupForm), nil
}

// changedMeanwhile is the form with what the channel has now.
func (c *Console) changedMeanwhile(q *request) (*page, error) {
	p, _, err := c.changeOf(q, nil)
	if err == nil {
		p.Notice, p.NoticeMood = q.W.Change.Meanwhile, "bad"
	}
	return p, err
}

// change has the change written.
func (c *Console) change(q *request) (*page, error) {
	d := typed(q)
	p, b, err := c.changeOf(q, d)
	if err != nil {
		return nil, err
	}
	answer, err := ask(q.ctx, c.api.channels.ChangeChannel, &controlv1.ChangeChannelRequest{Draft: d, Without: q.r.PostForm["without"], Version: b.Version, Unasked: unasked(q)})
	switch connect.CodeOf(err) {
	case connect.CodeAborted:
		return c.changedMeanwhile(q)
	case connect.CodeFailedPrecondition: // the form is still right: it says why nothing was written, and what to do by hand
		said := q.said(err)
		p, err := c.previewChange(q)
		if err == nil {
			p.Notice, p.NoticeMood = q.W.New.NotWritten+" "+q.format(q.W.Wrong.Said, said), "bad"
		}
		return p, err
	}
	if err != nil {
		return nil, err
	}
	if len(answer.GetWritten()) > 0 {
		return q.backTo(b.ID, "changed"+saidOf(answer.GetFindings()))
	}
	q.note(&b.setupForm, answer.GetMistakes())
	q.noteFindings(&b.setupForm, answer.GetFindings())
	if len(answer.GetMistakes()) == 0 {
		b.Preview = answer
	}
	return p.focused(&b.setupForm), nil
}

// changeCommand does on the command line what a form does: what is secret is asked for there.
func changeCommand(id string, changes []*controlv1.SettingChange) string {
	command := "puente change " + id
	for _, one := range changes {
		switch {
		case one.GetGone():
			command += " --without " + strings.TrimPrefix(one.GetField(), "account.")
		case one.GetSecret():
			command += " --secret " + one.GetField()
		case one.GetAfter() == "" || quotable(one.GetAfter()):
			command += " " + one.GetField() + "='" + one.GetAfter() + "'"
		default:
			command += " " + one.GetField() + "=…"
		}
	}
	return command
}

// quotable says that a text may stand in quotes for a shell.
func quotable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r == '\'' || r < ' ' || r > '~' })
}

// removeBody is the page that asks before a channel is taken out.
type removeBody struct {
	*controlv1.ListNetworksResponse
	ID, Version string
	Channel     *controlv1.Channel
	Called      bool
	May         bool
}

// GetFile and GetTakeUp are those of [changeBody].
func (b *removeBody) GetFile() string   { return fileOf(b.ListNetworksResponse) }
func (b *removeBody) GetTakeUp() string { return takeUp(b.ListNetworksResponse) }

// askRemove says what becomes of what waits, and asks.
func (c *Console) askRemove(q *request) (*page, error) {
	id := q.r.PathValue("channel")
	b := &removeBody{ID: id}
	if err := together(func() (err error) {
		b.ListNetworksResponse, err = ask(q.ctx, c.api.channels.ListNetworks, &controlv1.ListNetworksRequest{})
		return err
	}, func() error {
		is, err := ask(q.ctx, c.api.channels.GetSetup, &controlv1.GetSetupRequest{Channel: id})
		b.Version = is.GetVersion()
		return err
	}, func() error {
		is, err := ask(q.ctx, c.api.channels.GetChannel, &controlv1.GetChannelRequest{Channel: id})
		b.Channel = is.GetChannel()
		return err
	}); err != nil {
		return nil, err
	}
	b.May, b.Called = b.GetWritable() && q.Who.May(auth.Write), webhookIn(b.ListNetworksResponse, b.Channel.GetNetwork()).Called
	return &page{name: "remove", Title: q.format(q.W.Change.RemoveTitle, id), Command: "puente remove " + id, Body: b}, nil
}

// remove takes the channel out.
func (c *Console) remove(q *request) (*page, error) {
	id := q.r.PathValue("channel")
	_, err := ask(q.ctx, c.api.channels.RemoveChannel, &controlv1.RemoveChannelRequest{Channel: id, Version: q.r.PostFormValue("version")})
	code := connect.CodeOf(err)
	if err != nil && code != connect.CodeAborted && code != connect.CodeFailedPrecondition {
		return nil, err
	}
	if err != nil {
		said := cmp.Or(map[connect.Code]string{connect.CodeAborted: q.W.Change.Meanwhile}[code], q.W.Change.NotRemoved+" "+q.format(q.W.Wrong.Said, q.said(err)))
		p, err := c.askRemove(q)
		if err == nil {
			p.Notice, p.NoticeMood = said, "bad"
		}
		return p, err
	}
	http.Redirect(q.w, q.r, Path+"?"+url.Values{"removed": {id}}.Encode(), http.StatusSeeOther)
	return nil, nil
}
