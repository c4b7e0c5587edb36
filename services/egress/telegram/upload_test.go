package telegram_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/standin"

	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/telegram"
	"github.com/bonychat/puente/services/egress/telegram/telegramtest"
)

// files is where files of any size are, as [standin.NewFiles] serves them.
func files(t *testing.T) string {
	t.Helper()
	s := standin.NewFiles()
	t.Cleanup(s.Close)
	return s.URL
}

func TestUpload(t *testing.T) {
	const mb = 1 << 20
	for _, test := range []struct {
		name   string
		path   string
		class  result.Class
		method string // of the message that was taken; "" for none
	}{
		{"picture", fmt.Sprintf("/%d", 10*mb), 0, "sendPhoto"},
		{"picture over 10 MB goes as a document", fmt.Sprintf("/%d", 10*mb+1), 0, "sendDocument"},
		{"picture over 10 MB of unknown length goes as a document", fmt.Sprintf("/chunked/%d", 10*mb+1), 0, "sendDocument"},
		{"largest file", fmt.Sprintf("/%d", 50*mb), 0, "sendDocument"},
		{"file over 50 MB", fmt.Sprintf("/%d", 50*mb+1), result.Rejected, ""},
		{"file over 50 MB of unknown length", fmt.Sprintf("/chunked/%d", 50*mb+1), result.Rejected, ""},
		{"file that breaks off", fmt.Sprintf("/broken/%d", mb), result.Retry, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			outside := files(t)
			api := telegramtest.NewServer("1:a")
			defer api.Close()
			sender := open(t, `{"token":"1:a","secret_token":"s","api":"`+api.URL+`"}`, api.URL, outside)
			ref, err := sender.Send(t.Context(), attachment(outside+test.path))
			sent := api.Messages(17)
			if test.method == "" {
				if f := outcome.Classify(err); err == nil || f.Class != test.class {
					t.Errorf("ref %q, error %v, want class %v", ref.Ref, err, test.class)
				}
				if len(sent) != 0 {
					t.Errorf("%d messages were taken", len(sent))
				}
				return
			}
			if err != nil || len(sent) != 1 || ref.Ref != "17:1" || sent[0].Method != test.method {
				t.Fatalf("ref %q, error %v, messages %v", ref.Ref, err, len(sent))
			}
			var size int64
			_, _ = fmt.Sscan(test.path[strings.LastIndex(test.path, "/")+1:], &size)
			if u := sent[0].Upload; u == nil || int64(len(u.Data)) != size || u.MediaType != "image/png" || sent[0].Caption != "un plano" {
				t.Errorf("message: %s, caption %q, upload %v", sent[0].Method, sent[0].Caption, u != nil)
			}
		})
	}
}

// A file's address comes from outside: what is inside is out of its reach.
func TestUploadFetchesNothingInside(t *testing.T) {
	outside := files(t)
	api := telegramtest.NewServer("1:a")
	defer api.Close()
	sender := open(t, `{"token":"1:a","secret_token":"s","api":"`+api.URL+`"}`, api.URL)
	_, err := sender.Send(t.Context(), attachment(outside+"/5"))
	if err == nil || len(api.Messages(17)) != 0 {
		t.Errorf("error %v, %d messages", err, len(api.Messages(17)))
	}
	if strings.Contains(err.Error(), outside) {
		t.Errorf("the error holds the address: %v", err)
	}
}

func TestUploadEndsWithItsContext(t *testing.T) {
	stalled := make(chan struct{})
	outside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write([]byte("beginning"))
		w.(http.Flusher).Flush()
		close(stalled)
		<-r.Context().Done()
	}))
	defer outside.Close()
	api := telegramtest.NewServer("1:a")
	defer api.Close()
	sender := open(t, `{"token":"1:a","secret_token":"s","api":"`+api.URL+`"}`, api.URL, outside.URL)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-stalled; cancel() }()
	if _, err := sender.Send(ctx, attachment(outside.URL+"/x")); err == nil {
		t.Error("sent")
	}
	if n := len(api.Messages(17)); n != 0 {
		t.Errorf("%d messages", n)
	}
}

func attachment(url string) *messagev1.Message {
	return &messagev1.Message{
		Contact: &messagev1.Contact{Address: "17"},
		Content: content.Attachment(&messagev1.Attachment{
			Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, Url: url, Caption: "un plano",
		}),
	}
}

var _ provider.Driver = telegram.Network
