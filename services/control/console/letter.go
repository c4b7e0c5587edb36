package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// letterBody is the page of one dead letter.
type letterBody struct {
	*controlv1.Failure
	// Body is what it holds as JSON; Whole says that its values are in it.
	Body       string
	Whole, Cut bool
	// Sure asks whether it is to be discarded.
	Sure bool
}

// letterPath is the page of a dead letter.
func letterPath(number uint64) string {
	return failuresPath + "/letter/" + strconv.FormatUint(number, 10)
}

// LetterHref is the page of a dead letter, for templates.
func (q *request) LetterHref(number uint64) string { return letterPath(number) }

func (c *Console) letter(q *request) (*page, error) { return c.showLetter(q, false) }

// content shows a dead letter with what was written. The API judges who may, and keeps that they did.
func (c *Console) content(*request) (*page, error) {
	return &page{name: "letter", again: func(q *request) (*page, error) { return c.showLetter(q, true) }}, nil
}

func (c *Console) showLetter(q *request, content bool) (*page, error) {
	number, err := strconv.ParseUint(q.r.PathValue("number"), 10, 64)
	if err != nil || number == 0 {
		return nil, errNoPage
	}
	a, err := ask(q.ctx, c.api.failures.ShowDeadLetter, &controlv1.ShowDeadLetterRequest{Number: number, Content: content})
	if err != nil {
		return nil, err
	}
	b := &letterBody{Failure: a.GetFailure(), Body: indented(a.GetBody()), Whole: content, Cut: a.GetCut(), Sure: q.r.URL.Query().Get("discard") == "1"}
	return &page{
		name: "letter", Title: q.format(q.W.Letter.Title, number), Tab: "failures", Command: fmt.Sprintf("puente dead show %d", number), Body: b,
	}, nil
}

// indented is JSON for people; what is none stays.
func indented(text string) string {
	var out bytes.Buffer
	if json.Indent(&out, []byte(text), "", "  ") != nil {
		return text
	}
	return out.String()
}

// discard removes a dead letter for good.
func (c *Console) discard(q *request) (*page, error) {
	number, err := strconv.ParseUint(q.r.PathValue("number"), 10, 64)
	if err != nil || number == 0 {
		return nil, errNoPage
	}
	a, err := ask(q.ctx, c.api.failures.DiscardFailures, &controlv1.DiscardFailuresRequest{Filter: &controlv1.FailureFilter{Number: number}, Reason: q.r.PostFormValue("why")})
	if err != nil {
		return nil, err
	}
	p := &page{name: "wrong", Title: q.format(q.W.Letter.Title, number), Tab: "failures", NoticeMood: "good", Body: wrongBody{Back: failuresPath}}
	p.Notice = q.format(q.W.Letter.Discarded, a.GetDiscarded())
	return p, nil
}
