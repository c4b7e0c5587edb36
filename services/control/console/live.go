package console

import (
	"net/http"
	"time"

	"connectrpc.com/connect"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/services/control/auth"
)

// Bounds of pages that follow what happens.
const (
	// mostLive is how many pages follow at once, of all people together: each is a watch of the API.
	mostLive = 64
	// tellEvery is how often a page is told at most that something has changed, however much has.
	tellEvery = time.Second
	// tellAlways is how often it is told without that: times go on, and not all that a page shows is a hop.
	tellAlways = 10 * time.Second
	// takeWithin is how long a browser may take for one piece.
	takeWithin = 30 * time.Second
)

// live tells a page that something has changed, as server-sent events: "change", never more often than tellEvery. What it is the
// page asks for itself, so that nothing is written that its owner may not see.
func (c *Console) live(w http.ResponseWriter, r *http.Request) {
	q := c.request(w, r)
	if !q.SignedIn || !q.Who.May(auth.Read) {
		http.Error(w, q.W.Wrong.Denied, http.StatusForbidden)
		return
	}
	if c.following.Add(1) > mostLive {
		c.following.Add(-1)
		w.Header().Set("Retry-After", "30")
		http.Error(w, q.W.Wrong.Busy, http.StatusServiceUnavailable)
		return
	}
	defer c.following.Add(-1)
	stream, err := c.api.messages.Watch(q.ctx, connect.NewRequest(&controlv1.WatchRequest{Channel: r.URL.Query().Get("channel"), Id: r.URL.Query().Get("id")}))
	if err != nil {
		status, text := q.wrong(err)
		http.Error(w, text, status)
		return
	}
	changed, ended := make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(ended)
		for stream.Receive() {
			if stream.Msg().GetHop() == nil {
				continue
			}
			select {
			case changed <- struct{}{}:
			default: // it is told already that there is something
			}
		}
	}()
	defer func() {
		_ = stream.Close()
		<-ended
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	c.follow(w, r, changed, ended)
}

// follow writes until the browser or the watch is gone.
func (c *Console) follow(w http.ResponseWriter, r *http.Request, changed, ended <-chan struct{}) {
	control := http.NewResponseController(w)
	tell := func(event string) bool {
		_ = control.SetWriteDeadline(time.Now().Add(takeWithin))
		_, err := w.Write([]byte("event: " + event + "\ndata:\n\n"))
		return err == nil && control.Flush() == nil
	}
	if !tell("ready") {
		return
	}
	always := time.NewTicker(tellAlways)
	defer always.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-ended:
			select {
			case <-changed: // the last is told too
				tell("change")
			default:
			}
			return
		case <-changed:
		case <-always.C:
		}
		if !tell("change") {
			return
		}
		select { // what comes meanwhile is told together
		case <-time.After(tellEvery):
		case <-r.Context().Done():
			return
		}
	}
}
