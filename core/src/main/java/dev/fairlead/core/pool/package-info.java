/** Backends, their state, and how a pool hands out leases. Never imports {@code balance}. */
@NullMarked
package dev.fairlead.core.pool;

import org.jspecify.annotations.NullMarked;
