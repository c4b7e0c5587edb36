package console

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// mostFound is how many messages a search shows.
const mostFound = 100

// searchBody is the page of what was found.
type searchBody struct {
	// By says what the text was taken for; "" where nothing was searched for yet.
	By string
	// For is what was searched for, a contact's address shortened; "" where nothing was.
	For      string
	Nothing  bool
	Short    bool // a telephone number without its prefix, as it seems
	Messages []*controlv1.Message
	More     bool
}

// search takes what somebody typed. It may be a person's telephone number, so that it travels in a form, and stands sealed in the
// address of what was found: that page can be loaded again, and come back to.
func (c *Console) search(q *request) (*page, error) {
	to := Path + "search"
	if text := strings.TrimSpace(q.r.PostFormValue("text")); text != "" {
		sealed, err := c.sessions.Seal(q.r, text)
		if err != nil {
			return nil, err
		}
		to += "?" + url.Values{"for": {sealed}}.Encode()
	}
	http.Redirect(q.w, q.r, to, http.StatusSeeOther)
	return nil, nil
}

// showSearch looks for what the address has. What is found by an id leads to its page.
func (c *Console) showSearch(q *request) (*page, error) {
	text, _ := c.sessions.Open(q.r, q.r.URL.Query().Get("for"))
	if text == "" {
		return &page{name: "search", Title: q.W.Search.Title, Body: searchBody{}}, nil
	}
	a, err := ask(q.ctx, c.api.messages.Where, &controlv1.WhereRequest{Query: text, Limit: mostFound})
	if err != nil && !isNotFound(err) {
		return nil, err
	}
	if len(a.GetMessages()) == 0 {
		if ch, err := ask(q.ctx, c.api.channels.GetChannel, &controlv1.GetChannelRequest{Channel: text}); err == nil {
			http.Redirect(q.w, q.r, channelHref(ch.GetChannel().GetId()), http.StatusSeeOther)
			return nil, nil
		}
		short := number.MatchString(text) && len(text)-len(digit.ReplaceAllString(text, "")) <= mostShort
		return &page{name: "search", Title: q.W.Search.Title, Searched: text, Body: searchBody{Nothing: true, Short: short, For: text}}, nil
	}
	if len(a.GetMessages()) == 1 && a.GetMatch() != controlv1.Match_MATCH_CONTACT {
		http.Redirect(q.w, q.r, messageHref(a.GetMessages()[0].GetId()), http.StatusSeeOther)
		return nil, nil
	}
	return q.found(text, a), nil
}

// plain is what a shell takes as it is.
var plain = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.:=+-]*$`)

// A telephone number as it stands in an address book. With mostShort digits or fewer it may lack its prefix.
var (
	number = regexp.MustCompile(`^[0-9][0-9 .()/-]{5,}$`)
	digit  = regexp.MustCompile(`[0-9]`)
)

const mostShort = 11

// found is the page of several messages.
func (q *request) found(text string, a *controlv1.WhereResponse) *page {
	w := q.W.Search
	by := map[controlv1.Match]string{
		controlv1.Match_MATCH_ID: w.ByID, controlv1.Match_MATCH_NETWORK_ID: w.ByNetworkID, controlv1.Match_MATCH_CONTACT: w.ByContact, controlv1.Match_MATCH_TRACE: w.ByTrace,
	}[a.GetMatch()]
	what := text
	if a.GetMatch() == controlv1.Match_MATCH_CONTACT {
		what = a.GetMessages()[0].GetContact()
	}
	p := &page{name: "search", Title: w.Title, Searched: text, Body: searchBody{By: by, For: what, Messages: a.GetMessages(), More: a.GetMore()}}
	if a.GetMatch() != controlv1.Match_MATCH_CONTACT && plain.MatchString(text) { // a contact's address stays out of what is copied into tickets
		p.Command = "puente where " + text
	}
	return p
}
