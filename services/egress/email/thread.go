package email

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/email/internal/letter"
)

// threadKey is under which the thread of a contact is kept.
const threadKey = "thread"

// thread is what a contact's last mail was part of, so that the answer is too.
type thread struct {
	// ID is the last mail's message id, Before those of the mails before it, from the oldest.
	ID     string   `json:"id,omitempty"`
	Before []string `json:"before,omitempty"`
	// Subject is the last mail's.
	Subject string `json:"subject,omitempty"`
	// Own says that the last mail is ours: nobody has answered yet.
	Own bool `json:"own,omitempty"`
}

// threadOf is the thread that a mail stands in (RFC 5322, 3.6.4).
func threadOf(head letter.Header) thread {
	t := thread{ID: head.ID("Message-ID"), Subject: customchannel.CutUTF16(head.Text("Subject"), 200)}
	if t.Before = head.IDs("References"); len(t.Before) == 0 {
		t.Before = head.IDs("In-Reply-To")
	}
	if len(t.ID) > 300 {
		t.ID = ""
	}
	return t
}

// String is a thread as it is kept. Where it has too many mails those behind the first go.
func (t thread) String() string {
	for {
		text, _ := json.Marshal(t) // of texts
		if len(text) <= provider.ContactState.Value || len(t.Before) == 0 {
			return string(text)
		}
		if len(t.Before) > 1 {
			t.Before = append(t.Before[:1:1], t.Before[2:]...)
		} else {
			t.Before = nil
		}
	}
}

// answer puts a mail into a contact's thread. A contact who has none has the subject of the account.
func (s *sender) answer(ctx context.Context, l *letter.Letter) (t thread, revision uint64, err error) {
	data, revision, err := s.state.Contact(l.To.Mail).Get(ctx, threadKey)
	if err != nil {
		return t, revision, err
	}
	_ = json.Unmarshal(data, &t) // one that cannot be read is none
	if t.ID == l.ID {            // it was sent before, and is sent again
		t.ID = ""
	}
	l.Answers, l.Thread, l.Subject = t.ID, t.Before, s.account.subject()
	switch subject := letter.Subject(t.Subject); {
	case t.Own && t.Subject != "":
		l.Subject = t.Subject
	case subject != "":
		l.Subject = "Re: " + subject
	case t.ID != "":
		l.Subject = "Re: " + s.account.subject()
	}
	return t, revision, nil
}

// begins keeps the thread of a contact who has none yet, so that the next mail stands in it. Where that fails the next one begins another.
func (s *sender) begins(ctx context.Context, before thread, revision uint64, l letter.Letter) {
	if before.ID == "" && strings.TrimSpace(before.Subject) == "" {
		_, _ = s.state.Contact(l.To.Mail).Put(ctx, threadKey, []byte(thread{ID: l.ID, Subject: l.Subject, Own: true}.String()), revision)
	}
}
