/** Stub. */
@org.jspecify.annotations.NullMarked
package dev.fairlead.net.probe;
