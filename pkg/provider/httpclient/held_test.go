package httpclient_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/provider/httpclient"
)

// A request that is held takes no connection from the others.
func TestAHeldRequestHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{}, 3)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/held" {
			arrived <- struct{}{}
			<-r.Context().Done()
			return
		}
		_, _ = io.WriteString(w, strings.Repeat("x", 100))
	}))
	defer s.Close()
	c := httpclient.New(httpclient.Options{Configured: []string{s.URL}, MaxConnections: 1})
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var held sync.WaitGroup
	for range 3 {
		held.Go(func() { _, _ = c.Do(ctx, httpclient.Request{URL: s.URL + "/held", Held: true}) })
	}
	for i := range 3 {
		select {
		case <-arrived:
		case <-ctx.Done():
			t.Fatalf("%d of 3 held requests arrive", i)
		}
	}
	r, err := c.Do(t.Context(), httpclient.Request{URL: s.URL, MaxAnswer: 10})
	if err != nil || len(r.Body) != 10 {
		t.Errorf("%v: %v", r, err)
	}
	cancel()
	held.Wait()
}
