package node

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// The server keeps the first write error of a stream for good: after a disk that was full for a second the stream takes
// nothing until the server starts again. So it is started again, in this process, as soon as its folder can be written
// to. What it has acknowledged is on its files; clients reconnect, and whoever was not answered asks again.

// Times of mending.
const (
	// healthEvery is how often the server is asked how it is, where it says nothing by itself.
	healthEvery = time.Second
	// The folder is tried again after these, ever rarer; so is a server that does not start, or breaks again at once.
	mendPause, mendPauseMax = 250 * time.Millisecond, 5 * time.Second
	// mendedFor is how long a server has to be well for the pauses to begin anew.
	mendedFor = time.Minute
	// unwellStarts is how many starts in a row may leave something that is not well; then readiness says what.
	unwellStarts = 5
)

// errDown is returned where the server is being started again.
var errDown = errors.New("the broker is being started again")

// broke notes that the store takes nothing more. The first reason stays.
func (n *Node) broke(reason string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.broken == "" {
		n.broken = reason
	}
	select {
	case n.alarm <- struct{}{}:
	default:
	}
}

// brokenBy is why the store takes nothing, "" while it does.
func (n *Node) brokenBy() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.broken
}

// attend watches the server until the node is stopped.
func (n *Node) attend() {
	look := time.NewTicker(healthEvery)
	defer look.Stop()
	wait, mended := mendPause, time.Now()
	for {
		select {
		case <-n.stopping:
			return
		case <-n.alarm:
		case <-look.C:
			n.examine()
		}
		if n.brokenBy() == "" {
			continue
		}
		if time.Since(mended) > mendedFor {
			wait = mendPause
		}
		if !n.mend(&wait) {
			return
		}
		mended = time.Now()
	}
}

// examine asks the server whether a write error stands in its way.
func (n *Node) examine() {
	s := n.running()
	if s == nil || n.isStopping() {
		return
	}
	h := s.Healthz(&server.HealthzOptions{})
	off := server.NewJSNotEnabledError().Error()
	if strings.Contains(h.Error, "write error") || h.Error == off && s.Running() {
		n.broke(h.Error)
	}
}

// mend starts the server again once its folder can be written to. It returns false where the node is stopped before.
func (n *Node) mend(wait *time.Duration) bool {
	n.options.Log.Error("the broker's store takes nothing more: the broker starts again as soon as its folder can be written to", "reason", n.brokenBy())
	told := ""
	for starts := 0; ; {
		err := probe(n.options.Dir)
		if err == nil {
			starts++
			err = n.restart(starts < unwellStarts)
		}
		if err == nil {
			n.options.Log.Info("the broker has started again, and its store can be written to")
			return true
		}
		if text := err.Error(); text != told {
			told = text
			n.options.Log.Warn("the broker is not started again yet", "err", err)
		}
		select {
		case <-n.stopping:
			return false
		case <-time.After(*wait):
		}
		*wait = min(2**wait, mendPauseMax)
	}
}

// restart stops the server and starts another one on the same folder and port. What it was broken by is forgotten before,
// so that it can break again. well says that one which is not well counts as not started: a stream may have found too few
// descriptors.
func (n *Node) restart(well bool) error {
	n.mu.Lock()
	s := n.server
	n.server = nil
	n.mu.Unlock()
	if s != nil {
		s.Shutdown()
		s.WaitForShutdown()
	}
	if n.isStopping() {
		return errDown
	}
	n.mu.Lock()
	reason := n.broken
	n.broken = ""
	n.mu.Unlock()
	err := n.start()
	if err == nil && well && n.options.Cluster == nil {
		if h := n.running().Healthz(&server.HealthzOptions{}); h.Error != "" {
			err = fmt.Errorf("after a start: %s", h.Error)
		}
	}
	if err != nil {
		n.broke(reason)
	}
	return err
}
