package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// letterBody is the page of one dead letter.
type letterBody struct {
	*controlv1.Failure
	// Body is what it holds as JSON; Whole says that its values are in it. Fields are what of it has a name in the page's language.
	Body       string
	Fields     []setting
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
	b.Fields = q.fieldsOf(a.GetBody(), content)
	if !content {
		b.Body = q.Blanked(b.Body)
	}
	return &page{
		name: "letter", Title: q.format(q.W.Letter.Title, number), Tab: "failures", Command: fmt.Sprintf("puente dead show %d", number), Body: b,
	}, nil
}

// shownFields are the paths of what of a stored message is told as fields, in this order.
var shownFields = []string{
	"contact.address", "contact.profile.name", "direction", "acceptedAt", "content.text.body", "content.attachment.url", "content.attachment.fileName",
	"content.attachment.mediaType", "content.attachment.caption", "content.location.latitude", "content.location.longitude", "content.location.address",
	"content.quickReply.title", "content.quickReply.replies",
}

// fieldsOf are the fields of a stored message by their names in the page's language; none of what is no message.
func (q *request) fieldsOf(body string, whole bool) (all []setting) {
	var event struct {
		Message map[string]any `json:"message"`
		Echo    struct {
			Message map[string]any `json:"message"`
		} `json:"echo"`
	}
	if json.Unmarshal([]byte(body), &event) != nil {
		return nil
	}
	message := event.Message
	if message == nil {
		message = event.Echo.Message
	}
	for _, path := range shownFields {
		var at any = message
		for name := range strings.SplitSeq(path, ".") {
			fields, _ := at.(map[string]any)
			at = fields[name]
		}
		if text := q.fieldText(path, at, whole); text != "" {
			all = append(all, setting{q.W.Lists.Fields[path], text})
		}
	}
	return all
}

// fieldText is a value of a stored message for people; "" for none. Without content the value says how long it is.
func (q *request) fieldText(path string, value any, whole bool) string {
	if list, ok := value.([]any); ok {
		var texts []string
		for _, one := range list {
			texts = append(texts, q.fieldText("", one, whole))
		}
		return strings.Join(texts, ", ")
	}
	if value == nil {
		return ""
	}
	text := fmt.Sprint(value)
	switch {
	case !whole && (path == "direction" || path == "acceptedAt"): // their length tells nothing
		return ""
	case !whole:
		return strings.Trim(q.Blanked(`"`+text+`"`), `"`)
	case path == "direction":
		d, ok := messagev1.Direction_value[text]
		word := map[messagev1.Direction]string{messagev1.Direction_DIRECTION_OUTBOUND: q.W.Message.ToContact, messagev1.Direction_DIRECTION_INBOUND: q.W.Message.FromContact}
		if name := word[messagev1.Direction(d)]; ok && name != "" {
			return name
		}
	case path == "acceptedAt":
		if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
			return q.Clock(timestamppb.New(t))
		}
	}
	return text
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
