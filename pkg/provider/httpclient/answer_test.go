package httpclient_test

import (
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

func TestAnAnswerThatCannotBeReadLeavesASendUncertain(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("?")) })
	answer, err := newClient(t, httpclient.Options{}).Do(t.Context(), post(url))
	if err != nil {
		t.Fatal(err)
	}
	if f := outcome.Classify(answer.Unanswered(errors.New("it cannot be read"))); f.Class != result.Uncertain {
		t.Errorf("%+v", f)
	}
}

// endless is a body without an end.
func endless(w http.ResponseWriter, _ *http.Request) {
	block := make([]byte, 64<<10)
	for {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

func TestAnswersAreReadAsFarAsTheyAreBounded(t *testing.T) {
	t.Parallel()
	answer, err := newClient(t, httpclient.Options{}).Do(t.Context(), get(serve(t, endless)))
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.Body) != httpclient.MaxAnswer {
		t.Errorf("%d bytes", len(answer.Body))
	}
}

func TestAFileIsReadByTheCaller(t *testing.T) {
	t.Parallel()
	const size = 2 * httpclient.MaxAnswer
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, size)) })
	stream, err := newClient(t, httpclient.Options{}).Open(t.Context(), get(url))
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, stream.Body)
	if n != size || err != nil {
		t.Errorf("%d bytes: %v", n, err)
	}
	if err := stream.Body.Close(); err != nil {
		t.Error(err)
	}
}
