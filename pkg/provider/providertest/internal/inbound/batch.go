package inbound

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
	"github.com/bonychat/puente/pkg/webhook"
)

// batches holds the lists of a call that bring an event for each element to this: what an element says does not depend
// on what it comes with, and one that cannot be read says so and takes none of the others with it. A network cuts its
// batches anew when it repeats them, in another order, with more or fewer.
func (s Reader) batches(r stage.Reporter, what string, call webhook.Call) {
	r.Helper()
	whole, ok := s.Events(call, call.Body)
	if !ok || len(whole) < 2 {
		return
	}
	for _, list := range lists(call.Body) {
		if slices.Contains(s.Whole, list.path) {
			continue
		}
		rest, _ := s.Events(call, list.with())
		if len(without(whole, rest)) < len(list.elements) {
			continue // not a list of events
		}
		if !s.alone(r, what, call, list, whole) || !s.spoilt(r, what, call, list) {
			return
		}
	}
}

// alone gives each element of a list for itself, and all of them in another order.
func (s Reader) alone(r stage.Reporter, what string, call webhook.Call, list batch, whole []string) (ok bool) {
	r.Helper()
	for i, element := range list.elements {
		alone, ok := s.Events(call, list.with(element))
		if !ok || missing(whole, alone) != "" {
			r.Errorf("%s: %s[%d] alone is another event than in its batch: %s"+
				" (where a list's elements never come one by one, name it in Kit.Whole)", what, list.path, i, missing(whole, alone))
			return false
		}
	}
	turned := slices.Clone(list.elements)
	slices.Reverse(turned)
	if got, _ := s.Events(call, list.with(turned...)); missing(got, whole) != "" {
		r.Errorf("%s: %s in another order makes other events: %s is missing", what, list.path, missing(got, whole))
		return false
	}
	return true
}

// spoilt puts something that cannot be read in the place of each element of a list.
func (s Reader) spoilt(r stage.Reporter, what string, call webhook.Call, list batch) (ok bool) {
	r.Helper()
	for i, element := range list.elements {
		others := slices.Delete(slices.Clone(list.elements), i, i+1)
		want, _ := s.Events(call, list.with(others...))
		for n, spoilt := range spoils(element) {
			elements := slices.Clone(list.elements)
			elements[i] = spoilt
			got, ok := s.Events(call, list.with(elements...))
			shown, _ := json.Marshal(spoilt)
			switch own := without(got, want); {
			case !ok:
				r.Errorf("%s: an element of %s that cannot be read loses the whole call: %s", what, list.path, shown)
			case !inOrder(got, want):
				r.Errorf("%s: an element of %s that cannot be read loses another, or its place: %s, %s", what, list.path, shown, missing(got, want))
			case len(own) == 0:
				r.Errorf("%s: an element of %s vanishes without a trace: %s", what, list.path, shown)
			case n < nonsense && slices.ContainsFunc(own, func(e string) bool { return !strings.Contains(e, `"unreadable": `) }):
				r.Errorf("%s: an element of %s that nobody can read is not told as unreadable: %s", what, list.path, shown)
			default:
				continue
			}
			return false
		}
	}
	return true
}

// nonsense is how many of the first spoils nobody can make anything of.
const nonsense = 3

// spoils are an element in forms that no network sends: none at all, and with one field at a time of another type.
func spoils(element any) []any {
	all := []any{map[string]any{}, json.Number("7"), nil}
	object, _ := element.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(object)) {
		for _, other := range []any{json.Number("7"), "x", nil, []any{json.Number("7")}, map[string]any{"x": json.Number("7")}} {
			spoilt := maps.Clone(object)
			spoilt[name] = other
			all = append(all, spoilt)
		}
	}
	return all
}

// missing is the first of some events that are not among all, "" for none.
func missing(all, some []string) string {
	for _, e := range some {
		if !slices.Contains(all, e) {
			return e
		}
	}
	return ""
}

// without are the events of all that are not among some, each counted.
func without(all, some []string) []string {
	left := slices.Clone(all)
	for _, e := range some {
		if i := slices.Index(left, e); i >= 0 {
			left = slices.Delete(left, i, i+1)
		}
	}
	return left
}

// inOrder says that some events are all there, in this order.
func inOrder(all, some []string) bool {
	for _, e := range some {
		i := slices.Index(all, e)
		if i < 0 {
			return false
		}
		all = all[i+1:]
	}
	return true
}
