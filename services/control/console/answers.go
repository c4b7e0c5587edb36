package console

import (
	"cmp"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/bonychat/puente/services/control/auth"
)

// Bounds of the answers that are kept.
const (
	// answersLast is how long one is kept.
	answersLast = time.Hour
	// mostAnswers is how many one session has, and allAnswers how many there are of all: the oldest goes then.
	mostAnswers = 32
	allAnswers  = 1024
)

// answer is what a form led to, as a page that can be loaded again. It stands in no address: it may be what
// somebody wrote.
type answer struct {
	key, owner, path string
	until            time.Time
	// show makes the page. It changes nothing.
	show func(*request) (*page, error)
}

// answers are kept in memory alone, each for the session that it was made for, and are gone with the process. The zero value is
// ready to use, also by several at once.
type answers struct {
	mu  sync.Mutex
	all []*answer // the oldest first
}

// keep keeps an answer and is its key.
func (a *answers) keep(one *answer, now time.Time) string {
	one.key, one.until = rand.Text(), now.Add(answersLast)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = slices.DeleteFunc(a.all, func(o *answer) bool { return now.After(o.until) })
	mine := 0
	for _, o := range a.all {
		if o.owner == one.owner {
			mine++
		}
	}
	switch oldest := slices.IndexFunc(a.all, func(o *answer) bool { return o.owner == one.owner }); {
	case mine >= mostAnswers:
		a.all = slices.Delete(a.all, oldest, oldest+1)
	case len(a.all) >= allAnswers:
		a.all = slices.Delete(a.all, 0, 1)
	}
	a.all = append(a.all, one)
	return one.key
}

// find is the answer with a key at a path; nil for another session's, and for one that is over.
func (a *answers) find(key, owner, path string, now time.Time) *answer {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, o := range a.all {
		if o.key == key && o.owner == owner && o.path == path && now.Before(o.until) {
			return o
		}
	}
	return nil
}

// owner is the session that answers are kept for, with what it may: who may less later sees none of them.
func (q *request) owner() string { return q.c.sessions.Mark(q.r, q.Who) }

// keep keeps the page that a form led to, and is where it is.
func (q *request) keep(p *page) string {
	one := &answer{owner: q.owner(), path: q.r.URL.Path, show: p.again}
	if one.show == nil {
		one.show = func(*request) (*page, error) {
			shown := *p
			return &shown, nil
		}
	}
	v := url.Values{"k": {q.c.answers.keep(one, q.Now)}}
	if p.recall != "" {
		if sealed, err := q.c.sessions.Seal(q.r, p.recall); err == nil {
			v.Set("for", sealed)
		}
	}
	return (&url.URL{Path: one.path, RawQuery: v.Encode()}).String()
}

// kept shows what a form led to. Without a key, as after signing in anew, it leads to the page that the form was on.
func (c *Console) kept(q *request) (*page, error) {
	before, key := shownBefore(q.r.URL.Path), q.r.URL.Query().Get("k")
	if key == "" {
		http.Redirect(q.w, q.r, before, http.StatusSeeOther)
		return nil, nil
	}
	one := c.answers.find(key, q.owner(), q.r.URL.Path, q.Now)
	if text, ok := c.sessions.Open(q.r, q.r.URL.Query().Get("for")); one == nil && ok && q.r.URL.Path == replayPath && q.Who.May(auth.Write) {
		return c.recalled(q, text)
	}
	if one == nil {
		q.write(http.StatusGone, &page{name: "wrong", Title: q.W.Wrong.Title, Body: wrongBody{Text: q.W.Wrong.Gone, Back: cmp.Or(before, Path)}})
		return nil, nil
	}
	return one.show(q)
}

// byScript says that a script sent a form and reads the answer itself: it is no page that one comes back to.
func byScript(r *http.Request) bool {
	mode := r.Header.Get("Sec-Fetch-Mode")
	return mode != "" && mode != "navigate"
}
