package provider

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

var networkName = regexp.MustCompile(`^[a-z][a-z0-9]{0,19}$`)

// Validate is for the developer of a network: it is asked once at the start, and by the kit. It joins all that is wrong
// with what the network declares.
func (d Description) Validate() error {
	var errs []error
	if !networkName.MatchString(d.Name) {
		errs = append(errs, fmt.Errorf("network name %q: must be 1 to 20 lower-case letters and digits", d.Name))
	}
	if d.Webhook != nil {
		errs = append(errs, d.Webhook.Validate())
	}
	known := linked()
	for _, about := range slices.Sorted(maps.Keys(d.Links)) {
		if !slices.Contains(known, about) {
			errs = append(errs, fmt.Errorf("link %q: known are %s", about, strings.Join(known, ", ")))
		}
		if u, err := url.Parse(d.Links[about]); err != nil || u.Scheme != "https" || u.Host == "" {
			errs = append(errs, fmt.Errorf("link %q: must be an https URL", about))
		}
	}
	return errors.Join(errs...)
}

// linked is all that [Network].Links can be about.
func linked() []string {
	var names []string
	for t, i := reflect.TypeFor[Carries](), 0; i < t.NumField(); i++ {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		names = append(names, name)
	}
	return append(names, "account_rate", "channel_rate", "contact_rate", "webhook", "errors")
}
