// Package scan finds single values in bytes that strangers sent: in JSON, in XML, in queries and forms.
//
// Nothing is decoded that is not asked for, and nothing recurses: what is looked for costs the length of the bytes in
// time and that of the value in memory, however the bytes are nested. What is found is what a full decoder would find
// (encoding/json, encoding/xml, net/url): fuzz tests hold the two against each other.
//
// It is not the job of this package to know what the values are for. Its functions keep nothing and are safe for
// concurrent use.
package scan
