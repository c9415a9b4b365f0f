/** Records of what the operator wrote; no run-time state. */
@NullMarked
package dev.fairlead.core.config;

import org.jspecify.annotations.NullMarked;
