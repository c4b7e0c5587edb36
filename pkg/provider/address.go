package provider

import (
	"fmt"
	"net/url"
)

// CheckAddress says what is wrong with an optional field of an account that says where an API is, for the account's
// Validate: scheme, host and port alone are right, and so is "".
func CheckAddress(field, address string) error {
	u, err := url.Parse(address)
	if address == "" || err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil &&
		(u.Path == "" || u.Path == "/") && u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" {
		return nil
	}
	return fmt.Errorf("%s: must be http or https, a host and perhaps a port, such as https://api.example.com", field)
}
