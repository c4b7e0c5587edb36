package provider

import (
	"cmp"
	"fmt"
	"net/url"
)

// CheckAddress says what is wrong with a field of an account that tells where an API is, for the account's Validate.
// Scheme, host and port alone are right, and so is "", since the field is optional. example is the vendor's own address,
// such as the field's default; "" stands for "https://api.example.com".
func CheckAddress(field, address, example string) error {
	u, err := url.Parse(address)
	if address == "" || err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil &&
		(u.Path == "" || u.Path == "/") && u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" {
		return nil
	}
	return fmt.Errorf("%s: must be http or https, a host and perhaps a port, such as %s", field, cmp.Or(example, "https://api.example.com"))
}
